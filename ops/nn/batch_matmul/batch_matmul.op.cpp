// Host half of batch_matmul: products of two stacks of matrices.
//
// Inputs: a [..., rows, depth]; w [..., depth, columns], of one type: float, int8 or int16 (zero
// points 0). The extents before them broadcast; at most three of them differ. Attributes: adj_x,
// adj_y (0 or 1): a is [..., depth, rows], w is [..., columns, depth].

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/batch_matmul/batch_matmul_f32_reference.hpp"
#include "ops/nn/batch_matmul/batch_matmul_s16_reference.hpp"
#include "ops/nn/batch_matmul/batch_matmul_s8_reference.hpp"
#include "ops/shared/broadcast_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Layer {
  const Tensor& a;
  const Tensor& w;
  bool adj_x, adj_y;
  int32_t rows, columns, depth;

  Layer(const Graph& graph, const Node& node)
      : a(shared::input(graph, node, 0)),
        w(shared::input(graph, node, 1)),
        adj_x(node.integer("adj_x", 0) != 0),
        adj_y(node.integer("adj_y", 0) != 0) {
    require(a.shape.size() >= 2 && w.shape.size() >= 2, node, "its inputs must be matrices");
    require(a.dtype == w.dtype, node, "its inputs differ in type");
    rows = a.shape[a.shape.size() - (adj_x ? 1 : 2)];
    depth = a.shape[a.shape.size() - (adj_x ? 2 : 1)];
    columns = w.shape[w.shape.size() - (adj_y ? 2 : 1)];
    const int32_t other = w.shape[w.shape.size() - (adj_y ? 1 : 2)];
    require(
        depth == other, node,
        "rows of " + std::to_string(depth) + " values meet columns of " + std::to_string(other));
  }

  static Shape stack(const Tensor& tensor) {
    return {tensor.shape.begin(), tensor.shape.end() - 2};
  }
};

void infer(Graph& graph, const Node& node) {
  const Layer l(graph, node);
  Shape shape = shared::Broadcast(node, {Layer::stack(l.a), Layer::stack(l.w)}).shape;
  shape.push_back(l.rows);
  shape.push_back(l.columns);
  set_output(graph, node, 0, l.a.dtype, shape);
}

int64_t macs(const Graph& graph, const Node& node) {
  return shared::output(graph, node).elements() * Layer(graph, node).depth;
}

template <class P>
P shape_params(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const shared::Broadcast stacks(node, {Layer::stack(l.a), Layer::stack(l.w)});
  const shared::BroadcastAxes axes(node, stacks, 3);
  const int32_t of_a = l.rows * l.depth, of_w = l.columns * l.depth;
  P p{};
  p.n0 = axes.extents[0], p.n1 = axes.extents[1], p.n2 = axes.extents[2];
  p.rows = l.rows, p.columns = l.columns, p.depth = l.depth;
  p.a_stride0 = axes.strides[0][0] * of_a;
  p.a_stride1 = axes.strides[0][1] * of_a;
  p.a_stride2 = axes.strides[0][2] * of_a;
  p.a_row = l.adj_x ? 1 : l.depth;
  p.a_depth = l.adj_x ? l.rows : 1;
  p.w_stride0 = axes.strides[1][0] * of_w;
  p.w_stride1 = axes.strides[1][1] * of_w;
  p.w_stride2 = axes.strides[1][2] * of_w;
  p.w_depth = l.adj_y ? 1 : l.columns;
  p.w_column = l.adj_y ? l.depth : 1;
  return p;
}

LoweredOp call(const Node& node, std::vector<Param> params) {
  LoweredOp lowered;
  lowered.params = std::move(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_integer(const Graph& graph, const Node& node) {
  const Tensor& a = shared::input(graph, node, 0);
  const Tensor& w = shared::input(graph, node, 1);
  const Tensor& y = shared::output(graph, node);
  const bool wide = a.dtype == DType::i16;
  // TensorFlow Lite rounds the product of the scales to float.
  const Multiplier m = quantize_multiplier(static_cast<double>(a.scale() * w.scale()) /
                                           static_cast<double>(y.scale()));
  require(!wide || (a.zero_point() == 0 && w.zero_point() == 0 && y.zero_point() == 0), node,
          "int16 tensors must have the zero point 0");
  require(!wide || m.shift <= 14, node, "output scale is too small for its inputs");
  auto p = shape_params<BatchMatmulParams>(graph, node);
  p.a_zero = a.zero_point();
  p.w_zero = w.zero_point();
  p.output_zero = y.zero_point();
  p.multiplier = m.multiplier;
  p.shift = m.shift;
  return call(node, make_params(p));
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  return call(node, make_params(shape_params<BatchMatmulFloatParams>(graph, node)));
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 8 * macs(graph, node);
}

constexpr KernelVariant s8_variant{fits<DType::i8>, lower_integer, instructions};
constexpr KernelVariant s16_variant{fits<DType::i16>, lower_integer, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, lower_f32, instructions};
#define MOTE_OP_FOLDER "ops/nn/batch_matmul"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/batch_matmul/kernels.inc"
};

constexpr int32_t batch_mat_mul_options = 101;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(batch_mat_mul_options);
  node.attributes["adj_x"] = int64_t{options.byte(0) != 0};
  node.attributes["adj_y"] = int64_t{options.byte(1) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(batch_mat_mul_options);
  out.byte(0, out.node().integer("adj_x", 0));
  out.byte(1, out.node().integer("adj_y", 0));
}

constexpr TfliteRule tflite_rules[] = {{126, import_tflite, write_tflite}};  // BATCH_MATMUL

}  // namespace

extern const OpDef batch_matmul_op;
const OpDef batch_matmul_op{
    "batch_matmul",      infer, macs, kernels, tflite_rules, {.stored = StoredForm::free},
    quantized::own_range};

}  // namespace mote

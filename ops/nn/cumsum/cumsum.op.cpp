// Host half of cumsum: running sum along an axis.
//
// Inputs: x in float, int32 or int8; axis, constant [1]. Attributes: exclusive, reverse (0 or 1).

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/cumsum/cumsum_f32_reference.hpp"
#include "ops/nn/cumsum/cumsum_s32_reference.hpp"
#include "ops/nn/cumsum/cumsum_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

size_t axis_of(const Graph& graph, const Node& node) {
  const auto axis = shared::constant_ints(graph, node, 1);
  require(axis.size() == 1, node, "axis must be one number");
  return shared::axis_index(node, axis[0], shared::input(graph, node, 0).shape.size());
}

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  axis_of(graph, node);
  set_output(graph, node, 0, x.dtype, Shape(x.shape));
}

template <class P>
P shape_params(const Graph& graph, const Node& node) {
  const Shape& shape = shared::input(graph, node, 0).shape;
  const size_t axis = axis_of(graph, node);
  P p{};
  p.outer = p.inner = 1;
  p.count = shape[axis];
  for (size_t k = 0; k < axis; ++k) p.outer *= shape[k];
  for (size_t k = axis + 1; k < shape.size(); ++k) p.inner *= shape[k];
  p.exclusive = node.integer("exclusive", 0) != 0 ? 1 : 0;
  p.reverse = node.integer("reverse", 0) != 0 ? 1 : 0;
  return p;
}

LoweredOp in_place(const Node& node, std::vector<Param> params) {
  LoweredOp lowered;
  lowered.params = std::move(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

LoweredOp lower_s8(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  const Multiplier m = quantize_multiplier(2 * static_cast<double>(x.scale()) /
                                           ((1 << 20) * static_cast<double>(y.scale())));
  auto p = shape_params<CumsumParams>(graph, node);
  p.x_zero = x.zero_point();
  p.output_zero = y.zero_point();
  p.multiplier = m.multiplier;
  p.shift = m.shift;
  return in_place(node, make_params(p));
}

LoweredOp lower_plain(const Graph& graph, const Node& node) {
  return in_place(node, make_params(shape_params<CumsumPlainParams>(graph, node)));
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 20 * shared::output(graph, node).elements();
}

constexpr KernelVariant s8_variant{fits<DType::i8>, lower_s8, instructions};
constexpr KernelVariant s32_variant{fits<DType::i32>, lower_plain, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, lower_plain, instructions};
#define MOTE_OP_FOLDER "ops/nn/cumsum"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/cumsum/kernels.inc"
};

constexpr int32_t cumsum_options = 102;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(cumsum_options);
  node.attributes["exclusive"] = int64_t{options.byte(0) != 0};
  node.attributes["reverse"] = int64_t{options.byte(1) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(cumsum_options);
  out.byte(0, out.node().integer("exclusive", 0));
  out.byte(1, out.node().integer("reverse", 0));
}

constexpr TfliteRule tflite_rules[] = {{128, import_tflite, write_tflite}};  // CUMSUM

}  // namespace

extern const OpDef cumsum_op;
const OpDef cumsum_op{"cumsum",     infer, shared::no_macs,     kernels,
                      tflite_rules, {},    quantized::own_range};

}  // namespace mote

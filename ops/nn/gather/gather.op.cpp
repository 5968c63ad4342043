// Host half of gather: entries of an axis by number.
//
// Inputs: x of any type; index, int32 of any shape, constant or not; a constant index must be
// inside x. Attributes: axis; batch_dims, how many first axes x and index have in common, at most
// axis (both may count from the end). Of int8 x along axis 0 the output may be declared float
// (TensorFlow Lite's hybrid EMBEDDING_LOOKUP).

#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/gather/gather_batched_reference.hpp"
#include "ops/nn/gather/gather_dequantize_reference.hpp"
#include "ops/nn/gather/gather_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

size_t axis_of(const Graph& graph, const Node& node) {
  return shared::axis_index(node, node.integer("axis", 0),
                            shared::input(graph, node, 0).shape.size());
}

size_t batch_axes_of(const Graph& graph, const Node& node) {
  const int64_t given = node.integer("batch_dims", 0);
  const auto rank = static_cast<int64_t>(shared::input(graph, node, 1).shape.size());
  const int64_t count = given < 0 ? given + rank : given;
  require(count >= 0 && count <= rank && count <= static_cast<int64_t>(axis_of(graph, node)), node,
          std::to_string(given) + " batch dimensions");
  return static_cast<size_t>(count);
}

bool dequantizes(const Graph& graph, const Node& node) {
  const Tensor& y = shared::output(graph, node);
  return shared::input(graph, node, 0).dtype == DType::i8 && !y.shape.empty() &&
         y.dtype == DType::f32;
}

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& index = shared::input(graph, node, 1);
  const size_t axis = axis_of(graph, node);
  require(index.dtype == DType::i32, node, "index must be int32");
  if (index.constant) {
    for (int32_t value : index.values<int32_t>()) {
      require(
          value >= 0 && value < x.shape[axis], node,
          "index " + std::to_string(value) + " into " + std::to_string(x.shape[axis]) + " entries");
    }
  }
  const auto batch_axes = static_cast<std::ptrdiff_t>(batch_axes_of(graph, node));
  require(std::equal(index.shape.begin(), index.shape.begin() + batch_axes, x.shape.begin()), node,
          "x and index differ in their batch dimensions");
  Shape shape(x.shape.begin(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), index.shape.begin() + batch_axes, index.shape.end());
  shape.insert(shape.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.shape.end());
  if (shape.empty()) shape.push_back(1);
  set_output(graph, node, 0, dequantizes(graph, node) ? DType::f32 : x.dtype, shape);
}

bool fits(const Graph& graph, const Node& node) {
  return !dequantizes(graph, node) && batch_axes_of(graph, node) == 0;
}
bool fits_batched(const Graph& graph, const Node& node) {
  return !dequantizes(graph, node) && batch_axes_of(graph, node) > 0;
}
bool fits_dequantize(const Graph& graph, const Node& node) {
  return dequantizes(graph, node) && axis_of(graph, node) == 0;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const size_t axis = axis_of(graph, node);
  GatherParams params{1, x.shape[axis],
                      static_cast<int32_t>(shared::input(graph, node, 1).elements()),
                      static_cast<int32_t>(dtype_bytes(x.dtype))};
  for (size_t k = 0; k < x.shape.size(); ++k) {
    if (k < axis) params.outer *= x.shape[k];
    if (k > axis) params.inner *= x.shape[k];
  }
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_batched(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const size_t axis = axis_of(graph, node), batch_axes = batch_axes_of(graph, node);
  GatherBatchedParams params{1, 1, x.shape[axis], 1, static_cast<int32_t>(dtype_bytes(x.dtype))};
  for (size_t k = 0; k < x.shape.size(); ++k) {
    if (k < batch_axes) params.batches *= x.shape[k];
    if (k >= batch_axes && k < axis) params.outer *= x.shape[k];
    if (k > axis) params.inner *= x.shape[k];
  }
  params.count = static_cast<int32_t>(shared::input(graph, node, 1).elements()) / params.batches;
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_dequantize(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto count = static_cast<int32_t>(shared::input(graph, node, 1).elements());
  LoweredOp lowered;
  lowered.params = make_params(
      GatherDequantizeParams{x.shape[0], count, static_cast<int32_t>(x.elements() / x.shape[0]),
                             x.zero_point(), x.scale()});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 8 * shared::output(graph, node).byte_size();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
constexpr KernelVariant batched_variant{fits_batched, lower_batched, instructions};
constexpr KernelVariant dequantize_variant{fits_dequantize, lower_dequantize, instructions};
#define MOTE_OP_FOLDER "ops/nn/gather"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/gather/kernels.inc"
};

constexpr int32_t gather_options = 23;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(gather_options);
  node.attributes["axis"] = int64_t{options.integer(0)};
  if (options.integer(1) != 0) node.attributes["batch_dims"] = int64_t{options.integer(1)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(gather_options);
  out.integer(0, out.node().integer("axis", 0));
  out.integer(1, out.node().integer("batch_dims", 0));
}

void import_embedding_lookup(const tflite::Operator&, Node& node) {
  require(node.inputs.size() == 2, node, "needs two inputs");
  std::swap(node.inputs[0], node.inputs[1]);  // the index comes first
  node.attributes["axis"] = int64_t{0};
}
constexpr TfliteRule tflite_rules[] = {{36, import_tflite, write_tflite},  // GATHER
                                       {7, import_embedding_lookup}};      // EMBEDDING_LOOKUP

}  // namespace

extern const OpDef gather_op;
const OpDef gather_op{"gather",           infer,
                      shared::no_macs,    kernels,
                      tflite_rules,       {.axes = AxisRule::named, .stored = StoredForm::moved},
                      quantized::as_input};

}  // namespace mote

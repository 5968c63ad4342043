// Host half of pad: a constant around the input.
//
//   y holds x in its middle, the constant everywhere else
//
// Inputs: x of any type; paddings, constant integers [rank, 2]: values before and after on each
// axis; the constant (optional), one stored value. Without it padding is real zero: the stored zero
// point.

#include <cstring>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

std::vector<int32_t> amounts(const Graph& graph, const Node& node) {
  const size_t rank = shared::input(graph, node, 0).shape.size();
  const auto values = shared::constant_ints(graph, node, 1);
  require(shared::input(graph, node, 1).shape == Shape{static_cast<int32_t>(rank), 2}, node,
          "paddings must be a constant [" + std::to_string(rank) + ", 2]");
  for (int32_t amount : values) {
    require(amount >= 0 && amount <= 1 << 16, node, "padding of " + std::to_string(amount));
  }
  return values;
}

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto padding = amounts(graph, node);
  Shape shape = x.shape;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const int64_t size = int64_t{shape[axis]} + padding[2 * axis] + padding[2 * axis + 1];
    require(size <= INT32_MAX, node, "output is too large");
    shape[axis] = static_cast<int32_t>(size);
  }
  set_output(graph, node, 0, x.dtype, shape);
}

uint64_t constant(const Graph& graph, const Node& node) {
  uint64_t bits = 0;
  if (node.inputs.size() > 2 && node.inputs[2] != no_tensor) {
    const Tensor& value = graph.tensor(node.inputs[2]);
    require(
        value.constant && value.elements() == 1 && value.dtype == shared::output(graph, node).dtype,
        node, "what it pads with must be one constant of x's type");
    std::memcpy(&bits, value.data.data(), value.data.size());
    return bits;
  }
  const Tensor& y = shared::output(graph, node);
  return y.quantization.empty() ? 0 : static_cast<uint64_t>(int64_t{y.zero_point()});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  shared::require_same_quantization(node, x, y);
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(y.shape);
  const auto padding = amounts(graph, node);
  shared::Region region;
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    region.y_base += to[axis] * padding[2 * axis];
    region.add_axis(x.shape[axis], from[axis], to[axis]);
  }
  return shared::in_order(
      {shared::fill_call(graph, node.outputs[0], constant(graph, node)),
       shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                         Operand::of_tensor(node.outputs[0]))});
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}

constexpr int32_t pad_v2 = 60, pad_options = 22, pad_v2_options = 43;

void write_tflite(tflite::OperatorWriter& out) {
  const bool valued = out.inputs.size() > 2 && out.inputs[2] != no_tensor;
  if (!valued) out.inputs.resize(2);
  if (valued) out.builtin_code = pad_v2;
  out.options(valued ? pad_v2_options : pad_options);
}

constexpr TfliteRule tflite_rules[] = {{34, import_tflite, write_tflite},
                                       {pad_v2, import_tflite}};  // PAD, PADV2

}  // namespace

extern const OpDef pad_op;
const OpDef pad_op{"pad",
                   infer,
                   shared::no_macs,
                   kernels.entries,
                   tflite_rules,
                   {.role = Role::padding, .axes = AxisRule::per_axis, .stored = StoredForm::moved},
                   quantized::as_input};

}  // namespace mote

// Host half of reverse: its input back to front along some axes.
//
//   y[..., i, ...] = x[..., extent - 1 - i, ...]
//
// Inputs: x of any type; axes, constant integers.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  for (int32_t axis : shared::constant_ints(graph, node, 1)) {
    shared::axis_index(node, axis, x.shape.size());
  }
  set_output(graph, node, 0, x.dtype, Shape(x.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto to = shared::dense_strides(x.shape);
  auto from = to;
  shared::Region region;
  for (int32_t axis : shared::constant_ints(graph, node, 1)) {
    const size_t k = shared::axis_index(node, axis, x.shape.size());
    if (from[k] < 0) continue;  // named twice
    region.x_base += from[k] * (x.shape[k] - 1);
    from[k] = -from[k];
  }
  for (size_t k = 0; k < to.size(); ++k) region.add_axis(x.shape[k], from[k], to[k]);
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{105, import_tflite}};  // REVERSE_V2

}  // namespace

extern const OpDef reverse_op;
const OpDef reverse_op{"reverse",          infer,
                       shared::no_macs,    kernels.entries,
                       tflite_rules,       {.axes = AxisRule::listed, .stored = StoredForm::moved},
                       quantized::as_input};

}  // namespace mote

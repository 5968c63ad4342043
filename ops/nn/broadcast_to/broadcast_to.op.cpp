// Host half of broadcast_to: its input repeated to a larger shape.
//
//   y[..., i0, i1, ...] = x[i0, i1, ...], where an axis of extent 1 repeats
//
// Inputs: x of any type; shape, constant integers.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Shape shape = shared::constant_ints(graph, node, 1);
  require(shape.size() >= x.shape.size(), node, "its shape has fewer axes than its input");
  const size_t missing = shape.size() - x.shape.size();
  for (size_t k = 0; k < shape.size(); ++k) {
    require(shape[k] >= 1 &&
                (k < missing || x.shape[k - missing] == 1 || x.shape[k - missing] == shape[k]),
            node, "input doesn't repeat to its shape on axis " + std::to_string(k));
  }
  set_output(graph, node, 0, x.dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Shape& shape = shared::output(graph, node).shape;
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(shape);
  const size_t missing = shape.size() - x.shape.size();
  shared::Region region;
  for (size_t k = 0; k < shape.size(); ++k) {
    const bool repeats = k < missing || x.shape[k - missing] == 1;
    region.add_axis(shape[k], repeats ? 0 : from[k - missing], to[k]);
  }
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{130, import_tflite}};  // BROADCAST_TO

}  // namespace

extern const OpDef broadcast_to_op;
const OpDef broadcast_to_op{
    "broadcast_to",     infer,        shared::no_macs,
    kernels.entries,    tflite_rules, {.axes = AxisRule::per_axis, .stored = StoredForm::moved},
    quantized::as_input};

}  // namespace mote

// Host half of cast: change of type.
//
// Input: x of any type. Attribute: to, the name of the output's type.

#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/cast/cast_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs.at(0));
  const DType to = node.has("to") ? dtype_from_name(node.text("to")) : y.dtype;
  require(node.has("to") || !y.shape.empty(), node, "needs the type to cast to");
  set_output(graph, node, 0, to, shared::input(graph, node, 0).shape);
}

bool fits(const Graph&, const Node&) {
  return true;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  static_assert(static_cast<int32_t>(DType::boolean) == static_cast<int32_t>(Element::boolean));
  LoweredOp lowered;
  lowered.params =
      make_params(CastParams{static_cast<int32_t>(y.elements()), static_cast<int32_t>(x.dtype),
                             static_cast<int32_t>(y.dtype)});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 20 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/cast"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/cast/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{53, import_tflite}};  // CAST

}  // namespace

extern const OpDef cast_op;
const OpDef cast_op{"cast",  infer,        shared::no_macs,
                    kernels, tflite_rules, {.axes = AxisRule::pointwise}};

}  // namespace mote

// Host half of concat_features: shape rule, lowering.
//
// Inputs: two float32 tensors of any shape.
// Output: float32 [1, total].

#include "ops/dsp/concat_features/concat_features.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "ops/dsp/concat_features/concat_features_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(node.inputs.size() == 2, node, "needs two inputs");
  require_type(graph, node, DType::f32);
  const Tensor& first = graph.tensor(node.inputs[0]);
  const Tensor& second = graph.tensor(node.inputs[1]);
  require(second.dtype == DType::f32, node, "input '" + second.name + "' is not f32");
  const int64_t total = first.elements() + second.elements();
  require(first.elements() > 0 && second.elements() > 0 && total <= INT32_MAX, node,
          "inputs are empty or too large");
  set_output(graph, node, 0, DType::f32, {1, static_cast<int32_t>(total)});
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.outputs.at(0)).elements();
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(
      ConcatFeaturesParams{static_cast<int32_t>(graph.tensor(node.inputs.at(0)).elements()),
                           static_cast<int32_t>(graph.tensor(node.inputs.at(1)).elements())});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 5 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/concat_features"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/concat_features/kernels.inc"
};

}  // namespace

extern const OpDef concat_features_op;
const OpDef concat_features_op{"concat_features", infer, macs, kernels, {}};

}  // namespace mote

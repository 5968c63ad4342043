// Host half of scale_counts: shape rule, lowering.
//
// Inputs: x int16 [length, axes].
// Attributes: scale (physical units per count), remove_mean (0 or 1; default 0).
// Output: float32 [1, length, 1, axes], an image for convolutions over time.

#include "ops/dsp/scale_counts/scale_counts.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "ops/dsp/scale_counts/scale_counts_s16_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const SignalShape signal = signal_shape(graph, node);
  require_type(graph, node, DType::i16);
  real_in(node, "scale", 1e-9, 1e9);
  integer_in(node, "remove_mean", 0, 1, 0);
  set_output(graph, node, 0, DType::f32, {1, signal.length, 1, signal.axes});
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).elements();
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::i16;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const SignalShape signal = signal_shape(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(
      ScaleCountsParams{signal.length, signal.axes, integer_in(node, "remove_mean", 0, 1, 0),
                        static_cast<float>(real_in(node, "scale", 1e-9, 1e9))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 12 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/scale_counts"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/scale_counts/kernels.inc"
};

}  // namespace

extern const OpDef scale_counts_op;
const OpDef scale_counts_op{"scale_counts", infer, macs, kernels, {}};

}  // namespace mote

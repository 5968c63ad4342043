// Host half of power_spectrum: shape rule, lowering.
//
// Inputs: x float32 [frames, 2 * bins], pairs (re, im).
// Output: float32 [frames, bins].

#include "ops/dsp/power_spectrum/power_spectrum.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "ops/dsp/power_spectrum/power_spectrum_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const SignalShape rows = signal_shape(graph, node);
  require_type(graph, node, DType::f32);
  require(rows.axes % 2 == 0, node, "rows must be pairs (re, im)");
  set_output(graph, node, 0, DType::f32, {rows.length, rows.axes / 2});
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).elements();
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const SignalShape rows = signal_shape(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(PowerSpectrumParams{rows.length, rows.axes / 2});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 4 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/power_spectrum"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/power_spectrum/kernels.inc"
};

}  // namespace

extern const OpDef power_spectrum_op;
const OpDef power_spectrum_op{"power_spectrum", infer, macs, kernels, {}};

}  // namespace mote

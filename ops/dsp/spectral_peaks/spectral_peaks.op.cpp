// Host half of spectral_peaks: shape rule, lowering.
//
// Inputs: x float32 [rows, bins], spectra from 0 to rate / 2.
// Attributes: rate_hz, peaks (1 to 16).
// Output: float32 [1, rows * 2 * peaks], (frequency in Hz, value) per peak.

#include "ops/dsp/spectral_peaks/spectral_peaks.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "ops/dsp/spectral_peaks/spectral_peaks_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

SpectralPeaksParams params_of(const Graph& graph, const Node& node) {
  const SignalShape rows = signal_shape(graph, node);
  require(rows.axes >= 3, node, "a spectrum has at least 3 bins");
  const double rate = real_in(node, "rate_hz", 1e-3, 1e9);
  return {rows.length, rows.axes, integer_in(node, "peaks", 1, signal::peaks_max),
          static_cast<float>(rate / (2.0 * (rows.axes - 1)))};
}

void infer(Graph& graph, const Node& node) {
  const SpectralPeaksParams p = params_of(graph, node);
  require_type(graph, node, DType::f32);
  set_output(graph, node, 0, DType::f32, {1, p.rows * 2 * p.peaks});
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).elements();
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(params_of(graph, node));
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 14 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/spectral_peaks"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/spectral_peaks/kernels.inc"
};

}  // namespace

extern const OpDef spectral_peaks_op;
const OpDef spectral_peaks_op{"spectral_peaks", infer, macs, kernels, {}};

}  // namespace mote

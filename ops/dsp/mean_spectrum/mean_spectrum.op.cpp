// Host half of mean_spectrum: shape rule, lowering.
//
// Inputs: x float32 [length, axes].
// Attributes: frame_length, hop (samples), fft_length (power of two >= frame_length), window (as
// frame), remove_mean (0 or 1; default 1).
// Output: float32 [axes, fft_length / 2 + 1]; a sine of amplitude A at a bin's centre has power A^2
// there.

#include "ops/dsp/mean_spectrum/mean_spectrum.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "compiler/ir/signal_tables.hpp"
#include "ops/dsp/mean_spectrum/mean_spectrum_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

MeanSpectrumParams params_of(const Graph& graph, const Node& node) {
  const SignalShape signal = signal_shape(graph, node);
  MeanSpectrumParams p{};
  p.length = signal.length;
  p.axes = signal.axes;
  p.frame_length = integer_in(node, "frame_length", 1, signal.length);
  p.hop = integer_in(node, "hop", 1, signal.length);
  p.fft_length = integer_in(node, "fft_length", p.frame_length, signal::fft_length_max);
  require(signal::is_fft_length(p.fft_length), node,
          "fft_length must be a power of two from 16 to 16384");
  p.remove_mean = integer_in(node, "remove_mean", 0, 1, 1);
  return p;
}

void infer(Graph& graph, const Node& node) {
  const MeanSpectrumParams p = params_of(graph, node);
  require_type(graph, node, DType::f32);
  window_kind(node);
  set_output(graph, node, 0, DType::f32, {p.axes, p.fft_length / 2 + 1});
}

int64_t macs(const Graph& graph, const Node& node) {
  const MeanSpectrumParams p = params_of(graph, node);
  int64_t passes = 0;
  while ((1 << passes) < p.fft_length) ++passes;
  return int64_t{signal::frame_count(p.length, p.frame_length, p.hop)} * p.axes * p.fft_length *
         (passes + 2);
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const MeanSpectrumParams p = params_of(graph, node);
  const double gain = signal::unit_sine_gain(window_kind(node), p.frame_length);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("window", window_table(node, p.frame_length, gain)),
                      Operand::of_constant("sine", sine_table(p.fft_length)),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(static_cast<uint32_t>(p.fft_length + 2) * 4)};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/mean_spectrum"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/mean_spectrum/kernels.inc"
};

}  // namespace

extern const OpDef mean_spectrum_op;
const OpDef mean_spectrum_op{"mean_spectrum", infer, macs, kernels, {}};

}  // namespace mote

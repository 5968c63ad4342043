// Host half of frame: shape rule, lowering.
//
// Inputs: x int16 or float32 [length, axes].
// Attributes: frame_length, hop, fft_length (>= frame_length), axis (default 0), window ("hann",
// "hamming", "rectangular"; default hann), gain (of the window, default 1), pre_emphasis (default
// 0), remove_mean (0 or 1; default 0).
// Output: float32 [frames, fft_length].

#include "ops/dsp/frame/frame.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "compiler/ir/signal_tables.hpp"
#include "ops/dsp/frame/frame_f32_reference.hpp"
#include "ops/dsp/frame/frame_s16_reference.hpp"

namespace mote {
namespace {

using namespace ir;

FrameParams params_of(const Graph& graph, const Node& node) {
  const SignalShape signal = signal_shape(graph, node);
  FrameParams p{};
  p.length = signal.length;
  p.axes = signal.axes;
  p.axis = integer_in(node, "axis", 0, signal.axes - 1, 0);
  p.frame_length = integer_in(node, "frame_length", 1, signal.length);
  p.hop = integer_in(node, "hop", 1, signal.length);
  p.fft_length = integer_in(node, "fft_length", p.frame_length, signal::fft_length_max);
  p.remove_mean = integer_in(node, "remove_mean", 0, 1, 0);
  p.pre_emphasis = static_cast<float>(real_in(node, "pre_emphasis", 0.0, 0.9999, 0.0));
  return p;
}

void infer(Graph& graph, const Node& node) {
  const FrameParams p = params_of(graph, node);
  window_kind(node);
  set_output(graph, node, 0, DType::f32,
             {signal::frame_count(p.length, p.frame_length, p.hop), p.fft_length});
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.outputs.at(0)).elements();
}

bool fits_s16(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::i16;
}
bool fits_f32(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const FrameParams p = params_of(graph, node);
  const auto window = window_table(node, p.frame_length, node.real("gain", 1.0));
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_constant("window", window),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 20 * macs(graph, node);
}

constexpr KernelVariant s16_variant{fits_s16, lower, instructions};
constexpr KernelVariant f32_variant{fits_f32, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/frame"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/frame/kernels.inc"
};

}  // namespace

extern const OpDef frame_op;
const OpDef frame_op{"frame", infer, macs, kernels, {}};

}  // namespace mote

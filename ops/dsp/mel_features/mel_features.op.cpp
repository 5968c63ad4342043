// Host half of mel_features: shape rule, lowering.
//
// Inputs: x int16 [length, axes].
// Attributes: rate_hz, frame_length, hop (samples), fft_length (power of two >= frame_length),
// bands, low_hz, high_hz (as filterbank), coefficients (0: MFE; 1 to bands: MFCC; default 0),
// window (as frame), pre_emphasis (default 0), floor_db (-200 to 0, default -80: band energies are
// relative to a full-scale sine and at least this).
// Output: float32 [1, frames, bands or coefficients, axes], an image of time by frequency.

#include "ops/dsp/mel_features/mel_features.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "compiler/ir/signal_tables.hpp"
#include "ops/dsp/mel_features/mel_features_s16_reference.hpp"

namespace mote {
namespace {

using namespace ir;

MelFeaturesParams params_of(const Graph& graph, const Node& node) {
  const SignalShape signal = signal_shape(graph, node);
  MelFeaturesParams p{};
  p.length = signal.length;
  p.axes = signal.axes;
  p.frame_length = integer_in(node, "frame_length", 1, signal.length);
  p.hop = integer_in(node, "hop", 1, signal.length);
  p.fft_length = integer_in(node, "fft_length", p.frame_length, signal::fft_length_max);
  require(signal::is_fft_length(p.fft_length), node,
          "fft_length must be a power of two from 16 to 16384");
  p.bands = integer_in(node, "bands", 1, 256);
  p.coefficients = integer_in(node, "coefficients", 0, p.bands, 0);
  p.pre_emphasis = static_cast<float>(real_in(node, "pre_emphasis", 0.0, 0.9999, 0.0));
  // 10^(dB / 10)
  constexpr double ln10_tenth = 0.23025850929940457;
  p.floor = math::exp(static_cast<float>(ln10_tenth * real_in(node, "floor_db", -200, 0, -80)));
  return p;
}

BandTables tables_of(const Node& node, const MelFeaturesParams& p) {
  return band_tables(node, p.fft_length / 2 + 1);
}

void infer(Graph& graph, const Node& node) {
  const MelFeaturesParams p = params_of(graph, node);
  require_type(graph, node, DType::i16);
  tables_of(node, p);
  set_output(graph, node, 0, DType::f32,
             {1, signal::frame_count(p.length, p.frame_length, p.hop),
              p.coefficients > 0 ? p.coefficients : p.bands, p.axes});
}

int64_t macs(const Graph& graph, const Node& node) {
  const MelFeaturesParams p = params_of(graph, node);
  int64_t passes = 0;
  while ((1 << passes) < p.fft_length) ++passes;
  return int64_t{signal::frame_count(p.length, p.frame_length, p.hop)} * p.axes *
         (p.fft_length * (passes + 2) + int64_t{p.bands} * p.coefficients);
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::i16;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  MelFeaturesParams p = params_of(graph, node);
  const BandTables tables = tables_of(node, p);
  p.weight_count = static_cast<int32_t>(tables.weights.size());
  const double gain = signal::unit_sine_gain(window_kind(node), p.frame_length) / 32768.0;
  // An empty table would be an operand of no bytes.
  const int32_t rows = p.coefficients > 0 ? p.coefficients : 1;
  const int32_t columns = p.coefficients > 0 ? p.bands : 1;
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("window", window_table(node, p.frame_length, gain)),
                      Operand::of_constant("sine", sine_table(p.fft_length)),
                      Operand::of_constant("ranges", tables.ranges),
                      Operand::of_constant("weights", tables.weights),
                      Operand::of_constant("table", dct_table(rows, columns)),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(static_cast<uint32_t>(p.fft_length + 2 + p.bands) * 4)};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/mel_features"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/mel_features/kernels.inc"
};

}  // namespace

extern const OpDef mel_features_op;
const OpDef mel_features_op{"mel_features", infer, macs, kernels, {}};

}  // namespace mote

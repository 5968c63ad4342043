// Host half of depthwise_conv2d: shape rule, lowering.
//
// Inputs: x [batches, h, w, in_c]; weights [1, kernel_h, kernel_w, out_c]; bias [out_c]
// (optional).
// Attributes: stride_h, stride_w, dilation_h, dilation_w (1 if missing), padding ("same", "valid",
// "explicit": see compiler/ir/window.hpp),
// depth_multiplier (optional; out_c / in_c), activation ("none", "relu", "relu6",
// "relu_n1_to_1").
#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/dot_packing.hpp"
#include "compiler/ir/lanes_packing.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/scaled_requantization.hpp"
#include "compiler/ir/window.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_armv7em.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_avx2.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_avx512vnni.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_dotprod.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_generic.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_generic_3x3.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_mve.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_mve_quads.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_neon.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d_s8_reference.hpp"
#include "ops/shared/conv/conv_s8_host.hpp"
#include "ops/shared/conv_mixed/conv_mixed_host.hpp"
#include "ops/shared/conv_palette/conv_palette_host.hpp"

namespace mote {
namespace {

using namespace ir;

using Layer = shared::ConvLayer;

void infer(Graph& graph, const Node& node) {
  shared::infer_conv(graph, node, 3, "[1, kernel_h, kernel_w, out_c]");
  const int32_t in_c = graph.tensor(node.inputs[0]).shape[3];
  const int32_t out_c = graph.tensor(node.inputs[1]).shape[3];
  require(in_c >= 1 && out_c >= 1 && out_c % in_c == 0, node,
          std::to_string(out_c) + " output channels are no multiple of " + std::to_string(in_c) +
              " input channels");
  require(node.integer("depth_multiplier", out_c / in_c) == out_c / in_c, node,
          "depth_multiplier " + std::to_string(node.integer("depth_multiplier", 0)) +
              " doesn't lead from " + std::to_string(in_c) + " to " + std::to_string(out_c) +
              " channels");
}

DepthwiseConv2dParams make_depthwise_conv2d_params(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return shared::make_conv_s8_params<DepthwiseConv2dParams>(graph, node,
                                                            layer.out_c() / layer.x.shape[3]);
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  return shared::lower_conv_s8(graph, node, make_params(make_depthwise_conv2d_params(graph, node)));
}

// DepthwiseChannel structs as words; no value when the scaled requantisation isn't exact.
std::optional<std::vector<uint32_t>> pack_walk(const Graph& graph, const Node& node) {
  const auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  const RequantizationForm form{8, p.output_zero > p.activation_min};
  std::vector<uint32_t> packed;
  for (const ExactChannel& c : *channels) {
    const auto scaled = scaled_requantization(c.scaling, sum_bound(c.weights, c.bias), form);
    if (!scaled) return std::nullopt;
    for (size_t kx = 0; kx < 3; ++kx) {
      uint32_t taps = 0;
      for (const size_t ky : {1, 2, 0, 1}) {  // from the top byte down
        taps = taps << 8 | static_cast<uint8_t>(c.weights[ky * 3 + kx]);
      }
      packed.push_back(taps);
    }
    for (const int32_t value : {c.bias * (1 << form.scale) + scaled->correction, scaled->multiplier,
                                scaled->addend, scaled->shift}) {
      packed.push_back(static_cast<uint32_t>(value));
    }
  }
  return packed;
}

bool fits_armv7em(const Graph& graph, const Node& node) {
  if (!shared::fits_conv_s8(graph, node)) return false;
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  return p.kernel_h == 3 && p.kernel_w == 3 && p.stride_h == p.stride_w && p.stride_h <= 2 &&
         p.dilation_h == 1 && p.dilation_w == 1 && p.depth == 1 && p.in_c % depthwise_lanes == 0 &&
         pack_walk(graph, node).has_value();
}

// How far y must start before x: when a strip of rows is written in some channels, the pair rows
// under it are read, and other channels lie elsewhere.
uint32_t strips_overlap_lead(const DepthwiseConv2dParams& p, const DepthwiseStrip& strip) {
  const int64_t step = p.stride_h == 1 ? 2 : 1;  // output rows of a pair row
  const int64_t strip_rows = (strip.pair_rows - 1) * step;
  int64_t lead = 0;
  for (int64_t written = strip_rows; written < p.out_h; written += strip_rows) {
    const int64_t read = std::clamp<int64_t>(2 * (written / step + 1) - p.pad_top, 0, p.in_h);
    if (read == p.in_h) break;
    lead = std::max(lead, (written * p.out_w - read * p.in_w) * p.in_c);
  }
  return static_cast<uint32_t>(lead);
}

LoweredOp lower_armv7em(const Graph& graph, const Node& node) {
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  const DepthwiseStrip strip = depthwise_strip(p.out_h, p.out_w, p.stride_h);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("weights", pack_walk(graph, node).value()),
      Operand::of_tensor(node.outputs[0]),
      Operand::of_scratch(extent(strip.pair_rows, strip.columns, depthwise_lanes * 4))};
  if (p.batches == 1) {
    lowered.overlap_output = 2;
    lowered.overlap_input = 0;
    lowered.overlap_lead = strips_overlap_lead(p, strip);
    lowered.overlap_step = static_cast<uint32_t>(p.in_c);
  }
  return lowered;
}

// Measured on the virtual Cortex-M4.
int64_t instructions_armv7em(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const Shape& y = layer.y.shape;
  return layer.y.elements() * 23 + int64_t{y[0]} * y[1] * y[3] * 35 + int64_t{y[0]} * y[3] * 210;
}

bool fits_generic(const Graph& graph, const Node& node) {
  if (!shared::fits_conv_s8(graph, node)) return false;
  const Layer layer(graph, node);
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  if (p.depth != 1 || p.dilation_h != 1 || p.dilation_w != 1) return false;
  return pack_generic_channels(graph, node).has_value();
}

// Kernels that copy input rows into a ring: how far y must start before x for every row to be
// copied before an output row is written there.
void overlap_rows(const DepthwiseConv2dParams& p, size_t output, LoweredOp& lowered) {
  if (p.batches != 1) return;
  int64_t lead = 0;
  for (int64_t oy = 0; oy < p.out_h; ++oy) {
    const int64_t copied = std::clamp<int64_t>(oy * p.stride_h + p.kernel_h - p.pad_top, 0, p.in_h);
    if (copied == p.in_h) break;
    lead = std::max(lead, (oy + 1) * p.out_w * p.in_c - copied * p.in_w * p.in_c);
  }
  lowered.overlap_output = static_cast<int32_t>(output);
  lowered.overlap_input = 0;
  lowered.overlap_lead = static_cast<uint32_t>(lead);
}

LoweredOp lower_generic(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_constant("channels", pack_generic_channels(graph, node).value()),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(extent(p.kernel_h, depthwise_padded_w(p), p.in_c))};
  overlap_rows(p, 3, lowered);
  return lowered;
}

// Measured on the virtual Cortex-M3.
int64_t instructions_generic(const Graph& graph, const Node& node) {
  return shared::conv_macs(graph, node) * 6 + Layer(graph, node).y.elements() * 30;
}

// Depthwise3x3Channel structs; no value when the shifted requantisation isn't exact.
std::optional<std::vector<uint8_t>> pack_3x3(const Graph& graph, const Node& node) {
  auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  std::vector<uint8_t> packed;
  for (ExactChannel& channel : *channels) {
    make_constant_sum(channel, graph.tensor(node.outputs.at(0)).zero_point());
    Depthwise3x3Channel own = {};
    std::ranges::copy(channel.weights, own.weights);
    own.shift = static_cast<uint8_t>(channel.scaling.shift);
    own.bias = channel.bias;
    own.multiplier = channel.scaling.multiplier;
    const auto* bytes = reinterpret_cast<const uint8_t*>(&own);
    packed.insert(packed.end(), bytes, bytes + sizeof own);
  }
  return packed;
}

bool fits_generic_3x3(const Graph& graph, const Node& node) {
  if (!fits_generic(graph, node)) return false;
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  return p.kernel_h == 3 && p.kernel_w == 3 && p.stride_w <= 2;
}

LoweredOp lower_generic_3x3(const Graph& graph, const Node& node) {
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("channels", pack_3x3(graph, node).value()),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(depthwise_3x3_scratch(p))};
  overlap_rows(p, 2, lowered);
  return lowered;
}

// Measured on the virtual Cortex-M3.
int64_t instructions_generic_3x3(const Graph& graph, const Node& node) {
  return Layer(graph, node).y.elements() * 40;
}

// Packed weights of core/mve_depthwise.hpp.
std::optional<std::vector<uint32_t>> pack_mve_depthwise(const Graph& graph, const Node& node) {
  auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  constexpr size_t lanes = depthwise_mve_lanes;
  const auto real = static_cast<int32_t>(channels->size());
  const auto stride = static_cast<int32_t>(node.integer("stride_w"));
  const auto repeated = static_cast<size_t>(depthwise_mve_together(real, stride) * real);
  for (size_t i = channels->size(); i < repeated; ++i) {
    channels->push_back((*channels)[i % static_cast<size_t>(real)]);
  }
  const size_t taps = channels->front().weights.size();
  channels->resize((channels->size() + lanes - 1) / lanes * lanes);
  std::vector<uint32_t> packed;
  for (size_t first = 0; first < channels->size(); first += lanes) {
    const std::span block(channels->data() + first, lanes);
    const auto add = [&](size_t lane, auto value) {
      for (size_t i = lane; i < lanes; i += 4) {
        packed.push_back(static_cast<uint32_t>(value(block[i])));
      }
    };
    constexpr size_t first_lanes[] = {0, 2, 1, 3};
    for (const size_t lane : first_lanes) add(lane, [](const auto& c) { return c.bias; });
    std::vector<uint8_t> bytes;
    for (size_t tap = 0; tap < taps; ++tap) {
      for (const ExactChannel& c : block) {
        bytes.push_back(c.weights.empty() ? uint8_t{0} : static_cast<uint8_t>(c.weights[tap]));
      }
    }
    for (size_t i = 0; i < bytes.size(); i += 4) packed.push_back(load_word(bytes.data() + i));
    for (const size_t lane : first_lanes) {
      add(lane, [](const auto& c) { return c.scaling.multiplier; });
      add(lane, [](const auto& c) { return c.scaling.addend; });
      add(lane, [](const auto& c) { return -c.scaling.shift; });
    }
  }
  return packed;
}

bool fits_mve(const Graph& graph, const Node& node) {
  if (!shared::fits_conv_s8(graph, node)) return false;
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  return p.kernel_h == 3 && p.kernel_w == 3 && p.depth == 1 && p.dilation_h == 1 &&
         p.dilation_w == 1 && pack_mve_depthwise(graph, node).has_value();
}

// How far y must start before x: when row oy is written, the rows under its windows are copied.
uint32_t rows_overlap_lead(const DepthwiseConv2dParams& p) {
  int64_t lead = 0;
  for (int64_t oy = 0; oy < p.out_h; ++oy) {
    const int64_t next = oy * p.stride_h - p.pad_top + p.kernel_h;
    if (next >= p.in_h) break;
    lead = std::max(lead, ((oy + 1) * p.out_w - std::max<int64_t>(next, 0) * p.in_w) * p.in_c);
  }
  return static_cast<uint32_t>(lead);
}

LoweredOp lower_mve(const Graph& graph, const Node& node) {
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("weights", pack_mve_depthwise(graph, node).value()),
      Operand::of_tensor(node.outputs[0]),
      Operand::of_scratch(extent(3, depthwise_padded_w(p), p.in_c) + depthwise_mve_lanes)};
  if (p.batches == 1) {
    lowered.overlap_output = 2;
    lowered.overlap_input = 0;
    lowered.overlap_lead = rows_overlap_lead(p);
  }
  return lowered;
}

// Measured on the virtual Cortex-M55.
int64_t instructions_mve(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const int32_t together =
      depthwise_mve_together(layer.out_c(), static_cast<int32_t>(node.integer("stride_w")));
  const int64_t blocks = (layer.out_c() + depthwise_mve_lanes - 1) / depthwise_mve_lanes;
  const int64_t rows = int64_t{layer.y.shape[0]} * layer.y.shape[1];
  return layer.y.elements() / layer.out_c() / together * blocks * 145 + rows * (80 + 60 * blocks);
}

// MveQuadChannel structs as words.
std::optional<std::vector<uint32_t>> pack_quads(const Graph& graph, const Node& node) {
  const auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  std::vector<uint32_t> packed;
  for (const ExactChannel& c : *channels) {
    for (size_t kx = 0; kx < 3; ++kx) {
      auto taps = static_cast<uint32_t>(kx == 0 ? c.scaling.shift : 0);
      for (const size_t ky : {2, 1, 0}) {  // from the top byte down
        taps = taps << 8 | static_cast<uint8_t>(c.weights[ky * 3 + kx]);
      }
      packed.push_back(taps);
    }
    for (const int32_t value : {c.bias, c.scaling.multiplier, c.scaling.addend}) {
      packed.push_back(static_cast<uint32_t>(value));
    }
  }
  return packed;
}

bool fits_mve_quads(const Graph& graph, const Node& node) {
  if (!shared::fits_conv_s8(graph, node)) return false;
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  return p.kernel_h == 3 && p.kernel_w == 3 && p.stride_h == 1 && p.stride_w == 1 && p.depth == 1 &&
         p.dilation_h == 1 && p.dilation_w == 1 && pack_quads(graph, node).has_value();
}

LoweredOp lower_mve_quads(const Graph& graph, const Node& node) {
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("weights", pack_quads(graph, node).value()),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(depthwise_quads_scratch(p))};
  if (p.batches == 1) {
    lowered.overlap_output = 2;
    lowered.overlap_input = 0;
    lowered.overlap_lead = depthwise_quads_lead(p);
    lowered.overlap_step = static_cast<uint32_t>(p.in_c);
  }
  return lowered;
}

// Measured on the virtual Cortex-M55.
int64_t instructions_mve_quads(const Graph& graph, const Node& node) {
  const Shape& y = Layer(graph, node).y.shape;
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  const DepthwiseQuads quads = depthwise_quads(p);
  const int64_t passes = int64_t{y[0]} * quads.passes * y[3];
  return passes * ((y[2] + 1) / 2 * 18 + p.in_w + 24 + 36 / quads.fit);
}

constexpr KernelVariant mve_quads_variant{fits_mve_quads, lower_mve_quads, instructions_mve_quads};

bool fits_lanes(const Graph& graph, const Node& node) {
  if (!shared::fits_conv_s8(graph, node)) return false;
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  return p.depth == 1 && p.stride_w <= depthwise_lanes_planes_max &&
         int64_t{(p.kernel_h + 3) / 4} * p.kernel_w <= depthwise_lanes_fours_max &&
         exact_channels(graph, node).has_value();
}

// Channels in the order of the lanes, taps [kernel_h / 4, kernel_w, 4].
std::vector<ExactChannel> lanes_channels(const Graph& graph, const Node& node,
                                         const DepthwiseConv2dParams& p) {
  const std::vector<ExactChannel> channels = exact_channels(graph, node).value();
  const DepthwiseLanes lanes = depthwise_lanes_of(p);
  const auto kernel_w = static_cast<size_t>(p.kernel_w);
  std::vector<ExactChannel> dealt(static_cast<size_t>(lanes.period * lanes_group));
  for (size_t i = 0; i < dealt.size(); ++i) {
    const ExactChannel& own = channels[i % channels.size()];
    dealt[i] = own;
    dealt[i].weights.assign(static_cast<size_t>(4 * lanes.fours) * kernel_w, 0);
    for (size_t tap = 0; tap < own.weights.size(); ++tap) {
      const size_t ky = tap / kernel_w, kx = tap % kernel_w;
      dealt[i].weights[(ky / 4 * kernel_w + kx) * 4 + ky % 4] = own.weights[tap];
    }
  }
  return dealt;
}

template <class L>
LoweredOp lower_lanes(const Graph& graph, const Node& node) {
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("weights", pack_lanes(lanes_channels(graph, node, p), 1,
                                                                 L::input_offset)),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(depthwise_lanes_scratch(depthwise_lanes_of(p), p.in_c))};
  return lowered;
}

// four: instructions for sixteen channels' four taps.
template <int64_t four>
int64_t instructions_lanes(const Graph& graph, const Node& node) {
  const DepthwiseConv2dParams p = make_depthwise_conv2d_params(graph, node);
  const int64_t fours = int64_t{(p.kernel_h + 3) / 4} * p.kernel_w;
  const int64_t outputs = Layer(graph, node).y.elements();
  return outputs / lanes_group * (fours * four + 24) + outputs * p.stride_w / 2 +
         int64_t{p.batches} * p.out_h * 100;
}

constexpr KernelVariant avx512vnni_variant{fits_lanes, lower_lanes<LanesAvx512vnni>,
                                           instructions_lanes<2>};
constexpr KernelVariant avx2_variant{fits_lanes, lower_lanes<LanesAvx2>, instructions_lanes<20>};
constexpr KernelVariant dotprod_variant{fits_lanes, lower_lanes<LanesDotprod>,
                                        instructions_lanes<12>};
constexpr KernelVariant neon_variant{fits_lanes, lower_lanes<LanesNeon>, instructions_lanes<28>};
constexpr KernelVariant mve_variant{fits_mve, lower_mve, instructions_mve};
constexpr KernelVariant generic_3x3_variant{fits_generic_3x3, lower_generic_3x3,
                                            instructions_generic_3x3};
constexpr KernelVariant generic_variant{fits_generic, lower_generic, instructions_generic};
constexpr KernelVariant armv7em_variant{fits_armv7em, lower_armv7em, instructions_armv7em};
constexpr KernelVariant reference_variant{shared::fits_conv_s8, lower_reference,
                                          shared::conv_s8_instructions};

#define MOTE_OP_FOLDER "ops/nn/depthwise_conv2d"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/depthwise_conv2d/kernels.inc"
    shared::conv_f32_kernel<shared::depthwise_shape>(),
    shared::conv_f32_lanes_kernel<shared::depthwise_shape, 0>(),
    shared::conv_f32_lanes_kernel<shared::depthwise_shape, 1>(),
    shared::conv_f32_lanes_kernel<shared::depthwise_shape, 2>(),
    shared::conv_s16_kernel<shared::depthwise_shape>(),
    shared::conv_mixed_kernel<shared::depthwise_shape, shared::MixedTypes::s8_w8>(),
    shared::conv_mixed_kernel<shared::depthwise_shape, shared::MixedTypes::s8_w4>(),
    shared::conv_mixed_kernel<shared::depthwise_shape, shared::MixedTypes::f32_w8>(),
    shared::conv_mixed_kernel<shared::depthwise_shape, shared::MixedTypes::f32_w4>(),
    shared::conv_palette_kernel<shared::depthwise_shape, shared::PaletteForm::reference>(),
    shared::conv_int4_kernel<shared::depthwise_shape, shared::PaletteForm::reference>(),
};

constexpr int32_t depthwise_conv_2d_options = 2;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(depthwise_conv_2d_options);
  node.attributes["padding"] = options.padding(0);
  node.attributes["stride_w"] = int64_t{options.integer(1)};
  node.attributes["stride_h"] = int64_t{options.integer(2)};
  // Field 3, depth_multiplier, is redundant and ignored, as TensorFlow Lite does.
  node.attributes["activation"] = options.activation(4);
  node.attributes["dilation_w"] = int64_t{options.integer(5, 1)};
  node.attributes["dilation_h"] = int64_t{options.integer(6, 1)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(depthwise_conv_2d_options);
  out.padding(0);
  out.integer(1, out.node().integer("stride_w"));
  out.integer(2, out.node().integer("stride_h"));
  const Shape& x = out.tensor(out.inputs.at(0)).shape;
  out.integer(3, out.tensor(out.inputs.at(1)).shape.at(3) / x.at(3));
  out.activation(4);
  out.integer(5, out.node().integer("dilation_w", 1));
  out.integer(6, out.node().integer("dilation_h", 1));
}

constexpr TfliteRule tflite_rules[] = {{4, import_tflite, write_tflite}};  // DEPTHWISE_CONV_2D

}  // namespace

extern const OpDef depthwise_conv2d_op;
const OpDef depthwise_conv2d_op{"depthwise_conv2d",
                                infer,
                                shared::conv_macs,
                                kernels,
                                tflite_rules,
                                {.role = Role::linear,
                                 .channel_axis = 3,
                                 .fuses_activation = true,
                                 .mixed_form = "conv2d",
                                 .stored = StoredForm::free,
                                 .rows = Rows::windows},
                                quantized::linear(3),
                                nullptr,
                                shared::expand_padding};

}  // namespace mote

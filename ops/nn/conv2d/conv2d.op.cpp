// Host half of conv2d: shape rule, lowering.
//
// Inputs: x [batches, h, w, in_c]; weights [out_c, kernel_h, kernel_w, in_c / groups], whose last
// extent says how many groups of channels there are; bias [out_c] (optional).
// Attributes: stride_h, stride_w, dilation_h, dilation_w (1 if missing), padding ("same", "valid",
// "explicit": see compiler/ir/window.hpp),
// activation ("none", "relu", "relu6", "relu_n1_to_1").
#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/dot_packing.hpp"
#include "compiler/ir/lanes_packing.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"
#include "ops/nn/conv2d/conv2d_s8_armv7em.hpp"
#include "ops/nn/conv2d/conv2d_s8_avx2.hpp"
#include "ops/nn/conv2d/conv2d_s8_avx512vnni.hpp"
#include "ops/nn/conv2d/conv2d_s8_dotprod.hpp"
#include "ops/nn/conv2d/conv2d_s8_generic.hpp"
#include "ops/nn/conv2d/conv2d_s8_mve.hpp"
#include "ops/nn/conv2d/conv2d_s8_neon.hpp"
#include "ops/nn/conv2d/conv2d_s8_reference.hpp"
#include "ops/shared/conv/conv_s8_host.hpp"
#include "ops/shared/conv_mixed/conv_mixed_host.hpp"
#include "ops/shared/conv_palette/conv_palette_host.hpp"

namespace mote {
namespace {

using namespace ir;

using Layer = shared::ConvLayer;

void infer(Graph& graph, const Node& node) {
  shared::infer_conv(graph, node, 0, "[out_c, kernel_h, kernel_w, in_c]");
  const int32_t in_c = graph.tensor(node.inputs[0]).shape[3];
  const Shape& w = graph.tensor(node.inputs[1]).shape;
  require(w[3] >= 1 && in_c % w[3] == 0 && w[0] % (in_c / w[3]) == 0, node,
          "weights of " + std::to_string(w[0]) + " filters for " + std::to_string(w[3]) +
              " input channels; the input has " + std::to_string(in_c));
}

Conv2dParams make_conv2d_params(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return shared::make_conv_s8_params<Conv2dParams>(graph, node, layer.out_c());
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  return shared::lower_conv_s8(graph, node, make_params(make_conv2d_params(graph, node)));
}

// Puts taps [kernel_h, kernel_w, in_c] of each channel into the order of conv2d_expand().
void order_rows(std::vector<ExactChannel>& channels, const Shape& weights) {
  const auto h = static_cast<size_t>(weights[1]);
  const auto row = static_cast<size_t>(weights[2]) * static_cast<size_t>(weights[3]);
  const size_t words = row / 4 * 4;
  for (ExactChannel& channel : channels) {
    std::vector<int8_t> ordered;
    for (const auto& [from, to] : {std::pair{size_t{0}, words}, std::pair{words, row}}) {
      for (size_t ky = 0; ky < h; ++ky) {
        const auto* const taps = channel.weights.data() + ky * row;
        ordered.insert(ordered.end(), taps + from, taps + to);
      }
    }
    channel.weights = std::move(ordered);
  }
}

std::optional<std::vector<uint32_t>> pack(const Graph& graph, const Node& node) {
  auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  order_rows(*channels, graph.tensor(node.inputs[1]).shape);
  const Conv2dParams p = make_conv2d_params(graph, node);
  return pack_dot(std::move(*channels), p.output_zero > p.activation_min);
}

bool fits_armv7em(const Graph& graph, const Node& node) {
  return shared::fits_conv_s8(graph, node) && pack(graph, node).has_value();
}

LoweredOp lower_armv7em(const Graph& graph, const Node& node) {
  const Conv2dParams params = make_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("weights", pack(graph, node).value()),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(4 * conv2d_armv7em_scratch(
                                                  params.kernel_h, params.kernel_w, params.in_c))};
  if (params.batches == 1) {
    lowered.overlap_output = 2;
    lowered.overlap_input = 0;
    lowered.overlap_lead = shared::pixels_overlap_lead(params);
  }
  return lowered;
}

// Measured on the virtual Cortex-M4.
int64_t instructions_armv7em(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const int64_t pixels = layer.y.elements() / layer.out_c();
  // Pixels that no four are left of go one by one, at two fifths of an instruction more for each
  // product.
  return shared::conv_macs(graph, node) * 4 / 5 + layer.y.elements() * 9 +
         pixels * (20 + 2 * layer.taps()) + pixels % 4 * layer.taps() * layer.out_c() * 2 / 5;
}

bool fits_generic(const Graph& graph, const Node& node) {
  return shared::fits_conv_s8(graph, node) && pack_dot_pairs(graph, node).has_value();
}

LoweredOp lower_generic(const Graph& graph, const Node& node) {
  const Conv2dParams p = make_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("weights", pack_dot_pairs(graph, node).value()),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(conv2d_generic_scratch(p.kernel_h, p.kernel_w, p.in_c))};
  if (p.batches == 1) {
    lowered.overlap_output = 2;
    lowered.overlap_input = 0;
    lowered.overlap_lead = shared::pixels_overlap_lead(p);
  }
  return lowered;
}

// Measured on the virtual Cortex-M3.
int64_t instructions_generic(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const int64_t pixels = layer.y.elements() / layer.out_c();
  return shared::conv_macs(graph, node) * 3 / 2 + layer.y.elements() * 20 +
         pixels * (40 + 2 * layer.taps());
}

bool fits_undilated(const Graph& graph, const Node& node) {
  return shared::fits_conv_s8(graph, node) && node.integer("dilation_w", 1) == 1 &&
         exact_channels(graph, node).has_value();
}

// Weights [kernel_h, kernel_w, in_c] of each channel, in a strip's order as [kernel_w, kernel_h,
// in_c].
std::vector<uint32_t> pack_columns(const Graph& graph, const Node& node) {
  std::vector<ExactChannel> channels = exact_channels(graph, node).value();
  if (conv2d_mve_patched(make_conv2d_params(graph, node))) return pack_mve(std::move(channels));
  const Shape& shape = graph.tensor(node.inputs[1]).shape;
  const auto h = static_cast<size_t>(shape[1]), w = static_cast<size_t>(shape[2]),
             in_c = static_cast<size_t>(shape[3]);
  for (ExactChannel& channel : channels) {
    const std::vector<int8_t> rows = channel.weights;
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t ky = i / in_c / w, kx = i / in_c % w;
      channel.weights[(kx * h + ky) * in_c + i % in_c] = rows[i];
    }
  }
  return pack_mve(std::move(channels));
}

LoweredOp lower_mve(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const Conv2dParams p = make_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("weights", pack_columns(graph, node)),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(conv2d_mve_scratch(p))};
  if (p.batches > 1) return lowered;
  lowered.overlap_output = 2;
  lowered.overlap_input = 0;
  lowered.overlap_lead = shared::pixels_overlap_lead(p);
  if (conv2d_pixelwise(p)) {
    // The outputs of four pixels are written while the first of them is still read.
    const int64_t pixels = int64_t{p.out_h} * p.out_w;
    const int64_t growth = int64_t{p.out_c} - p.in_c;
    lowered.overlap_lead = static_cast<uint32_t>(
        4 * int64_t{p.out_c} + (growth > 0 ? growth * std::max<int64_t>(pixels - 4, 0) : 0));
  }
  return lowered;
}

// Measured on the virtual Cortex-M55.
int64_t instructions_mve(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const int64_t pixels = layer.y.elements() / layer.out_c();
  return shared::conv_macs(graph, node) / 8 + layer.y.elements() * 4 +
         pixels * (40 + layer.taps() / 4);
}

template <class L>
LoweredOp lower_lanes(const Graph& graph, const Node& node) {
  const Conv2dParams p = make_conv2d_params(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("weights", pack_lanes(exact_channels(graph, node).value(),
                                                 static_cast<size_t>(p.kernel_h), L::input_offset)),
      Operand::of_tensor(node.outputs[0]), Operand::of_scratch(conv2d_lanes_scratch(p))};
  return lowered;
}

// products: int8 products of one instruction.
template <int64_t products>
int64_t instructions_lanes(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return shared::conv_macs(graph, node) / products + layer.y.elements() * 2 +
         layer.y.elements() / layer.out_c() * 8;
}

constexpr KernelVariant avx512vnni_variant{fits_undilated, lower_lanes<LanesAvx512vnni>,
                                           instructions_lanes<48>};
constexpr KernelVariant avx2_variant{fits_undilated, lower_lanes<LanesAvx2>, instructions_lanes<6>};
constexpr KernelVariant dotprod_variant{fits_undilated, lower_lanes<LanesDotprod>,
                                        instructions_lanes<12>};
constexpr KernelVariant neon_variant{fits_undilated, lower_lanes<LanesNeon>, instructions_lanes<3>};
constexpr KernelVariant mve_variant{fits_undilated, lower_mve, instructions_mve};
constexpr KernelVariant generic_variant{fits_generic, lower_generic, instructions_generic};
constexpr KernelVariant armv7em_variant{fits_armv7em, lower_armv7em, instructions_armv7em};
constexpr KernelVariant reference_variant{shared::fits_conv_s8, lower_reference,
                                          shared::conv_s8_instructions};

#define MOTE_OP_FOLDER "ops/nn/conv2d"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/conv2d/kernels.inc"
    shared::conv_f32_kernel<shared::conv2d_shape>(),
    shared::conv_f32_lanes_kernel<shared::conv2d_shape, 0>(),
    shared::conv_f32_lanes_kernel<shared::conv2d_shape, 1>(),
    shared::conv_f32_lanes_kernel<shared::conv2d_shape, 2>(),
    shared::conv_s16_kernel<shared::conv2d_shape>(),
    shared::conv_mixed_kernel<shared::conv2d_shape, shared::MixedTypes::s8_w8>(),
    shared::conv_mixed_kernel<shared::conv2d_shape, shared::MixedTypes::s8_w4>(),
    shared::conv_mixed_kernel<shared::conv2d_shape, shared::MixedTypes::f32_w8>(),
    shared::conv_mixed_kernel<shared::conv2d_shape, shared::MixedTypes::f32_w4>(),
    shared::conv_palette_kernel<shared::conv2d_shape, shared::PaletteForm::reference>(),
    shared::conv_palette_kernel<shared::conv2d_shape, shared::PaletteForm::armv7em>(),
    shared::conv_palette_kernel<shared::conv2d_shape, shared::PaletteForm::generic>(),
    shared::conv_palette_kernel<shared::conv2d_shape, shared::PaletteForm::mve>(),
    shared::conv_int4_kernel<shared::conv2d_shape, shared::PaletteForm::reference>(),
    shared::conv_int4_kernel<shared::conv2d_shape, shared::PaletteForm::armv7em>(),
    shared::conv_int4_kernel<shared::conv2d_shape, shared::PaletteForm::generic>(),
    shared::conv_int4_kernel<shared::conv2d_shape, shared::PaletteForm::mve>(),
};

constexpr int32_t conv_2d_options = 1;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(conv_2d_options);
  node.attributes["padding"] = options.padding(0);
  node.attributes["stride_w"] = int64_t{options.integer(1)};
  node.attributes["stride_h"] = int64_t{options.integer(2)};
  node.attributes["activation"] = options.activation(3);
  node.attributes["dilation_w"] = int64_t{options.integer(4, 1)};
  node.attributes["dilation_h"] = int64_t{options.integer(5, 1)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(conv_2d_options);
  out.padding(0);
  out.integer(1, out.node().integer("stride_w"));
  out.integer(2, out.node().integer("stride_h"));
  out.activation(3);
  out.integer(4, out.node().integer("dilation_w", 1));
  out.integer(5, out.node().integer("dilation_h", 1));
}

constexpr TfliteRule tflite_rules[] = {{3, import_tflite, write_tflite}};  // CONV_2D

}  // namespace

extern const OpDef conv2d_op;
const OpDef conv2d_op{"conv2d",
                      infer,
                      shared::conv_macs,
                      kernels,
                      tflite_rules,
                      {.role = Role::linear,
                       .channel_axis = 0,
                       .fuses_activation = true,
                       .stored = StoredForm::free,
                       .rows = Rows::windows},
                      quantized::linear(0),
                      nullptr,
                      shared::expand_padding};

}  // namespace mote

#include "ops/shared/conv_mixed/conv_mixed_host.hpp"

#include <algorithm>
#include <cstring>

#include "compiler/ir/requantize.hpp"
#include "ops/shared/conv_mixed/conv_mixed_f32_w4_reference.hpp"
#include "ops/shared/conv_mixed/conv_mixed_f32_w8_reference.hpp"
#include "ops/shared/conv_mixed/conv_mixed_s8_w4_reference.hpp"
#include "ops/shared/conv_mixed/conv_mixed_s8_w8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote::shared {
namespace {

using namespace ir;

constexpr KernelVariant any_variant{nullptr, nullptr, nullptr};
#define MOTE_OP_FOLDER "ops/shared/conv_mixed"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/conv_mixed/kernels.inc"
};

struct Layer {
  const Tensor& x;
  const Tensor& w;
  const Tensor& y;
  const Tensor* bias;

  Layer(const Graph& graph, const Node& node)
      : x(input(graph, node, 0)),
        w(input(graph, node, 1)),
        y(output(graph, node)),
        bias(node.inputs.size() > 2 && node.inputs[2] != no_tensor ? &graph.tensor(node.inputs[2])
                                                                   : nullptr) {}
};

bool packed(const Node& node) {
  return node.integer("weight_bits", 8) == 4;
}

Operand weights_of(const Layer& layer, const Node& node) {
  if (!packed(node)) return Operand::of_tensor(node.inputs[1]);
  const auto stored = layer.w.values<int8_t>();
  require(std::ranges::all_of(stored, [](int8_t w) { return w >= -8 && w <= 7; }), node,
          "weights of 4 bits must lie in [-8, 7]");
  std::vector<uint8_t> nibbles((stored.size() + 1) / 2, 0);
  for (size_t i = 0; i < stored.size(); ++i) {
    nibbles[i / 2] = static_cast<uint8_t>(nibbles[i / 2] | (stored[i] & 15) << (i % 2 * 4));
  }
  return Operand::of_constant("weights", nibbles);
}

int32_t weight_zero(const Layer& layer) {
  return layer.w.quantization.zero_point.front();
}

// ConvF32Params begin as the params of all members of the family do.
template <class P>
P begun(const ConvF32Params& shape) {
  P params{};
  constexpr size_t common = sizeof(ConvF32Params) - 2 * sizeof(float);
  std::memcpy(&params, &shape, common);
  return params;
}

LoweredOp lower_f32(const Layer& layer, const Node& node, const ConvF32Params& shape) {
  auto params = begun<ConvMixedF32Params>(shape);
  const FloatRange range = float_activation(node);
  params.w_zero = weight_zero(layer);
  params.activation_min = range.min;
  params.activation_max = range.max;
  const auto channels = static_cast<size_t>(shape.out_c);
  std::vector<float> scale = layer.w.quantization.scale;
  if (scale.size() == 1) scale.assign(channels, scale[0]);
  require(scale.size() == channels, node, "weights need one scale, or one per output channel");
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), weights_of(layer, node),
                      Operand::of_constant("scale", scale),
                      layer.bias != nullptr
                          ? Operand::of_tensor(node.inputs[2])
                          : Operand::of_constant("bias", std::vector<float>(channels, 0.0f)),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_s8(const Graph& graph, const Layer& layer, const Node& node,
                   const ConvF32Params& shape) {
  auto params = begun<ConvMixedS8Params>(shape);
  const ActivationRange range = activation_range(node, layer.y);
  params.x_zero = layer.x.zero_point();
  params.w_zero = weight_zero(layer);
  params.output_zero = layer.y.zero_point();
  params.activation_min = range.min;
  params.activation_max = range.max;
  const auto scaling = requantize_linear(graph, node, shape.out_c);
  const std::vector<int32_t> zeros(static_cast<size_t>(shape.out_c), 0);
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      weights_of(layer, node),
                      layer.bias != nullptr ? Operand::of_tensor(node.inputs[2])
                                            : Operand::of_constant("bias", zeros),
                      Operand::of_constant("multiplier", scaling.multiplier),
                      Operand::of_constant("shift", scaling.shift),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

}  // namespace

bool fits_mixed(const Graph& graph, const Node& node, MixedTypes types) {
  const Layer layer(graph, node);
  const bool floats = types == MixedTypes::f32_w8 || types == MixedTypes::f32_w4;
  const bool nibbles = types == MixedTypes::s8_w4 || types == MixedTypes::f32_w4;
  const DType values = floats ? DType::f32 : DType::i8;
  const auto& zeros = layer.w.quantization.zero_point;
  return layer.x.dtype == values && layer.y.dtype == values && layer.w.constant &&
         layer.w.dtype == DType::i8 && packed(node) == nibbles && !zeros.empty() &&
         std::ranges::all_of(zeros, [&](int32_t zero) { return zero == zeros.front(); }) &&
         (layer.bias == nullptr || layer.bias->dtype == (floats ? DType::f32 : DType::i32));
}

LoweredOp lower_mixed(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  const Layer layer(graph, node);
  return layer.x.dtype == DType::f32 ? lower_f32(layer, node, shape)
                                     : lower_s8(graph, layer, node, shape);
}

KernelInfo mixed_kernel(MixedTypes types) {
  return kernels[static_cast<size_t>(types)];
}

int64_t mixed_instructions(const Graph& graph, const Node& node) {
  return 12 * find_op(node.op).macs(graph, node) + 60 * output(graph, node).elements();
}

}  // namespace mote::shared

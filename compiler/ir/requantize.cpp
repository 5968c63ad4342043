#include "compiler/ir/requantize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/ir/op.hpp"

namespace mote::ir {

Multiplier quantize_multiplier(double real) {
  if (!(real > 0) || !std::isfinite(real)) return {0, 0};
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);
  auto fixed = static_cast<int64_t>(std::round(fraction * (int64_t{1} << 31)));
  if (fixed == (int64_t{1} << 31)) {
    fixed /= 2;
    ++exponent;
  }
  if (exponent < -31) return {0, 0};
  if (exponent > 30) return {std::numeric_limits<int32_t>::max(), 30};
  return {static_cast<int32_t>(fixed), exponent};
}

ChannelRequantization requantize_channels(const Tensor& x, const Tensor& w, const Tensor& y,
                                          int32_t channels, ScaleProduct product) {
  const size_t scales = w.quantization.scale.size();
  if (scales != 1 && scales != static_cast<size_t>(channels)) {
    throw GraphError("weights '" + w.name + "' have " + std::to_string(scales) + " scales for " +
                     std::to_string(channels) + " output channels");
  }
  ChannelRequantization result;
  for (int32_t c = 0; c < channels; ++c) {
    const float weight_scale = w.quantization.scale[scales == 1 ? 0 : static_cast<size_t>(c)];
    const double sum_scale = product == ScaleProduct::in_float
                                 ? static_cast<double>(x.scale() * weight_scale)
                                 : static_cast<double>(x.scale()) * weight_scale;
    const Multiplier m = quantize_multiplier(sum_scale / static_cast<double>(y.scale()));
    result.multiplier.push_back(m.multiplier);
    result.shift.push_back(m.shift);
  }
  return result;
}

ChannelRequantization requantize_linear(const Graph& graph, const Node& node, int32_t channels) {
  const Tensor& weights = graph.tensor(node.inputs.at(1));
  const bool asks = find_op(node.op).traits.float_scale_product || node.integer("uint8", 0) != 0;
  const bool rounds = asks && weights.quantization.axis < 0;
  return requantize_channels(graph.tensor(node.inputs[0]), weights, graph.tensor(node.outputs[0]),
                             channels, rounds ? ScaleProduct::in_float : ScaleProduct::in_double);
}

bool symmetric(const Tensor& weights) {
  return std::ranges::all_of(weights.quantization.zero_point, [](int32_t z) { return z == 0; });
}

std::vector<int32_t> fold_input_zero(const Tensor& x, const Tensor& weights, size_t axis,
                                     const Tensor* bias) {
  const auto channels = static_cast<size_t>(weights.shape.at(axis));
  size_t inner = 1;  // values between one channel and the next
  for (size_t i = axis + 1; i < weights.shape.size(); ++i) {
    inner *= static_cast<size_t>(weights.shape[i]);
  }
  std::vector<uint32_t> folded(channels, 0);
  if (bias != nullptr) {
    const auto own = bias->values<int32_t>();
    if (own.size() != channels) {
      throw GraphError("bias '" + bias->name + "' has " + std::to_string(own.size()) +
                       " values for " + std::to_string(channels) + " output channels");
    }
    std::ranges::copy(own, folded.begin());
  }
  const auto values = weights.values<int8_t>();
  const auto zero = static_cast<uint32_t>(x.zero_point());
  for (size_t i = 0; i < values.size(); ++i) {
    folded[i / inner % channels] -= zero * static_cast<uint32_t>(int32_t{values[i]});
  }
  return {folded.begin(), folded.end()};
}

ActivationRange activation_range(const Node& node, const Tensor& y) {
  const std::string activation = node.text("activation", "none");
  const float scale = y.scale();
  const int32_t zero = y.zero_point();
  const auto quantize = [&](float real) {
    return zero + static_cast<int32_t>(std::clamp(std::round(real / scale), -1e6f, 1e6f));
  };
  const bool wide = y.dtype == DType::i16;
  ActivationRange range = wide ? ActivationRange{-32768, 32767} : ActivationRange{-128, 127};
  if (activation == "relu") {
    range.min = std::max(range.min, quantize(0.0f));
  } else if (activation == "relu6") {
    range = {std::max(range.min, quantize(0.0f)), std::min(range.max, quantize(6.0f))};
  } else if (activation == "relu_n1_to_1") {
    range = {std::max(range.min, quantize(-1.0f)), std::min(range.max, quantize(1.0f))};
  } else if (activation != "none") {
    throw GraphError("op " + node.op + ": activation '" + activation +
                     "' is not one of none, relu, relu6, relu_n1_to_1");
  }
  return range;
}

}  // namespace mote::ir

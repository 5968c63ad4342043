// From real scales to the integers that kernels multiply with, as TensorFlow Lite computes them.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::ir {

// real = multiplier * 2^(shift - 31), multiplier in [2^30, 2^31) or 0. TensorFlow Lite's
// QuantizeMultiplier (tensorflow/lite/kernels/internal/quantization_util.cc).
struct Multiplier {
  int32_t multiplier = 0;
  int32_t shift = 0;
};
Multiplier quantize_multiplier(double real);

// Per output channel constants of an op that sums weight * input products.
struct ChannelRequantization {
  std::vector<int32_t> multiplier;  // [channels]
  std::vector<int32_t> shift;       // [channels]
};
// scale[c] = x.scale * w.scale[c] / y.scale, in double. A per-tensor weight scale is repeated.
// Throws GraphError when the counts don't match `channels`.
// Fully connected layers with one weight scale differ: there TensorFlow Lite rounds the product
// x.scale * w.scale to float first (GetQuantizedConvolutionMultipler).
enum class ScaleProduct { in_double, in_float };
ChannelRequantization requantize_channels(const Tensor& x, const Tensor& w, const Tensor& y,
                                          int32_t channels,
                                          ScaleProduct product = ScaleProduct::in_double);

// The same of a linear node's weights, inputs and output; rounds where its op does
// (OpTraits::float_scale_product).
ChannelRequantization requantize_linear(const Graph& graph, const Node& node, int32_t channels);

// Whether every zero point of constant weights is 0, as TensorFlow Lite's int8 scheme wants.
bool symmetric(const Tensor& weights);

// bias[c] - x.zero_point * (sum of channel c's weights): with it a kernel multiplies stored values
// of x. weights: int8 constant; axis: which dimension of it counts the output channels. bias: int32
// constant [channels], or nullptr for none. Sums wrap around, as the kernels' do.
std::vector<int32_t> fold_input_zero(const Tensor& x, const Tensor& weights, size_t axis,
                                     const Tensor* bias);

// Clamp of a fused activation ("none", "relu", "relu6", "relu_n1_to_1") in y's stored values, int8
// or int16.
struct ActivationRange {
  int32_t min;
  int32_t max;
};
ActivationRange activation_range(const Node& node, const Tensor& y);

}  // namespace mote::ir

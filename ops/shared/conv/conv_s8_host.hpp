// Host half of what conv2d and depthwise_conv2d share.
//
// Inputs: x [batches, h, w, in_c]; weights, rank 4, kernel_h and kernel_w in the middle; bias
// [out_c] (optional). Attributes: stride_h, stride_w, dilation_h, dilation_w (1 if missing),
// padding ("same", "valid"), activation ("none", "relu", "relu6", "relu_n1_to_1").
// Attributes that an importer sets: uint8 (1: as TensorFlow Lite's uint8 kernel, which rounds the
// product of the scales to float), weight_bits (4: the weights lie in [-8, 7] and stay packed).
#pragma once

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"

namespace mote::shared {

// A convolution's tensors; throws std::out_of_range when there are too few.
struct ConvLayer {
  const ir::Tensor& x;
  const ir::Tensor& weights;
  const ir::Tensor* bias;
  const ir::Tensor& y;

  ConvLayer(const ir::Graph& graph, const ir::Node& node);

  int32_t out_c() const { return y.shape.at(3); }
  // Weights of one output channel.
  int32_t taps() const { return static_cast<int32_t>(weights.elements() / out_c()); }
};

// Where the kernel's window lies over the input, both axes.
struct ConvWindows {
  int32_t stride_h, stride_w, dilation_h, dilation_w;
  ir::WindowAxis h, w;

  ConvWindows(const ir::Node& node, const ir::Shape& x, const ir::Shape& weights);
};

// Shape rule for `out_c` output channels. form: the weights' shape, for messages.
void infer_conv(ir::Graph& graph, const ir::Node& node, size_t channel_axis, const char* form);
int64_t conv_macs(const ir::Graph& graph, const ir::Node& node);

// Whether the layer is int8 with constant weights, as every int8 kernel wants: symmetric, in one
// group, of 8 bits, or of 4 in a depthwise layer. Others are left to ops/shared/conv_mixed and
// ops/shared/conv_palette.
bool fits_conv_s8(const ir::Graph& graph, const ir::Node& node);
// The reference kernels' call, but for the params.
ir::LoweredOp lower_conv_s8(const ir::Graph& graph, const ir::Node& node,
                            std::vector<ir::Param> params);
int64_t conv_s8_instructions(const ir::Graph& graph, const ir::Node& node);

// Params that MOTE_CONV_S8_PARAMS lists. channels: the value of its CHANNELS.
template <class P>
P make_conv_s8_params(const ir::Graph& graph, const ir::Node& node, int32_t channels) {
  const ConvLayer layer(graph, node);
  const ir::Shape& x = layer.x.shape;
  const ir::Shape& y = layer.y.shape;
  const ir::Shape& w = layer.weights.shape;
  const ConvWindows g(node, x, w);
  const ir::ActivationRange range = activation_range(node, layer.y);
  return {x[0],
          x[1],
          x[2],
          x[3],
          y[1],
          y[2],
          channels,
          w[1],
          w[2],
          g.stride_h,
          g.stride_w,
          g.dilation_h,
          g.dilation_w,
          g.h.pad_before,
          g.w.pad_before,
          layer.x.zero_point(),
          layer.y.zero_point(),
          range.min,
          range.max};
}

}  // namespace mote::shared

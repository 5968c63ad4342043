#include "ops/shared/conv/conv_s8_host.hpp"

#include "ops/shared/conv/conv_s8.hpp"

namespace mote::shared {

using namespace ir;

ConvLayer::ConvLayer(const Graph& graph, const Node& node)
    : x(graph.tensor(node.inputs.at(0))),
      weights(graph.tensor(node.inputs.at(1))),
      bias(node.inputs.size() > 2 && node.inputs[2] != no_tensor ? &graph.tensor(node.inputs[2])
                                                                 : nullptr),
      y(graph.tensor(node.outputs.at(0))) {}

ConvWindows::ConvWindows(const Node& node, const Shape& x, const Shape& weights)
    : stride_h(static_cast<int32_t>(node.integer("stride_h"))),
      stride_w(static_cast<int32_t>(node.integer("stride_w"))),
      dilation_h(static_cast<int32_t>(node.integer("dilation_h", 1))),
      dilation_w(static_cast<int32_t>(node.integer("dilation_w", 1))),
      h(window_axis(node, ImageAxis::h, x[1], weights[1])),
      w(window_axis(node, ImageAxis::w, x[2], weights[2])) {}

void infer_conv(Graph& graph, const Node& node, size_t channel_axis, const char* form) {
  require(node.inputs.size() >= 2, node, "needs an input and weights");
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& weights = graph.tensor(node.inputs[1]);
  require(weights.shape.size() == 4 && (channel_axis == 0 || weights.shape[0] == 1), node,
          std::string("weights must be ") + form);
  require(x.shape.size() == 4, node, "input must be [batches, h, w, channels]");
  const ConvWindows windows(node, x.shape, weights.shape);
  const int32_t out_c = weights.shape[channel_axis];
  if (node.inputs.size() > 2 && node.inputs[2] != no_tensor) {
    require(graph.tensor(node.inputs[2]).elements() == out_c, node,
            "bias must have one value per output channel");
  }
  set_output(graph, node, 0, x.dtype, {x.shape[0], windows.h.out, windows.w.out, out_c});
}

int64_t conv_macs(const Graph& graph, const Node& node) {
  const ConvLayer layer(graph, node);
  return layer.y.elements() * layer.taps();
}

namespace {

bool grouped(const ConvLayer& layer, const Node& node) {
  return find_op(node.op).traits.channel_axis == 0 && layer.weights.shape[3] != layer.x.shape[3];
}

// Whether uint8's way of scaling, the product of the scales rounded to float, makes no difference.
bool same_scaling(const ConvLayer& layer, const Node& node) {
  if (node.integer("uint8", 0) == 0) return true;
  const auto rounded =
      requantize_channels(layer.x, layer.weights, layer.y, layer.out_c(), ScaleProduct::in_float);
  const auto exact = requantize_channels(layer.x, layer.weights, layer.y, layer.out_c());
  return rounded.multiplier == exact.multiplier && rounded.shift == exact.shift;
}

}  // namespace

bool fits_conv_s8(const Graph& graph, const Node& node) {
  const ConvLayer layer(graph, node);
  // Weights of 4 bits are unpacked where each is for many products: of a depthwise layer.
  const bool few_weights = find_op(node.op).traits.channel_axis != 0;
  return !grouped(layer, node) && layer.x.dtype == DType::i8 && layer.weights.dtype == DType::i8 &&
         layer.weights.constant && layer.y.dtype == DType::i8 && symmetric(layer.weights) &&
         (layer.bias == nullptr || (layer.bias->constant && layer.bias->dtype == DType::i32)) &&
         layer.weights.shape[1] <= conv_s8_rows_max && same_scaling(layer, node) &&
         (node.integer("weight_bits", 8) == 8 || few_weights);
}

LoweredOp lower_conv_s8(const Graph& graph, const Node& node, std::vector<Param> params) {
  const ConvLayer layer(graph, node);
  const auto axis = static_cast<size_t>(find_op(node.op).traits.channel_axis);
  const auto scaling = requantize_linear(graph, node, layer.out_c());
  LoweredOp lowered;
  lowered.params = std::move(params);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_tensor(node.inputs[1]),
      Operand::of_constant("bias", fold_input_zero(layer.x, layer.weights, axis, layer.bias)),
      Operand::of_constant("multiplier", scaling.multiplier),
      Operand::of_constant("shift", scaling.shift),
      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t conv_s8_instructions(const Graph& graph, const Node& node) {
  return 8 * conv_macs(graph, node) + 40 * ConvLayer(graph, node).y.elements();
}

}  // namespace mote::shared

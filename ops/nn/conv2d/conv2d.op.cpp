// Host half of conv2d: shape rule, lowering.
//
// Inputs: x [batches, h, w, in_c]; weights [out_c, kernel_h, kernel_w, in_c]; bias [out_c]
// (optional).
// Attributes: stride_h, stride_w, dilation_h, dilation_w (1 if missing), padding ("same", "valid"),
// activation ("none", "relu", "relu6", "relu_n1_to_1").
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"
#include "ops/nn/conv2d/conv2d_s8_reference.hpp"

namespace mote {
namespace {

using namespace ir;

struct Layer {
  const Tensor& x;
  const Tensor& weights;
  const Tensor* bias;
  const Tensor& y;

  Layer(const Graph& g, const Node& n)
      : x(g.tensor(n.inputs.at(0))),
        weights(g.tensor(n.inputs.at(1))),
        bias(n.inputs.size() > 2 && n.inputs[2] != no_tensor ? &g.tensor(n.inputs[2]) : nullptr),
        y(g.tensor(n.outputs.at(0))) {}

  int32_t out_c() const { return weights.shape.at(0); }
  // Weights of one output channel.
  int32_t taps() const { return weights.shape.at(1) * weights.shape.at(2) * weights.shape.at(3); }
};

// Where the kernel's window lies over the input, both axes.
struct Windows {
  int32_t stride_h, stride_w, dilation_h, dilation_w;
  WindowAxis h, w;

  Windows(const Node& node, const Shape& x, const Shape& weights)
      : stride_h(static_cast<int32_t>(node.integer("stride_h"))),
        stride_w(static_cast<int32_t>(node.integer("stride_w"))),
        dilation_h(static_cast<int32_t>(node.integer("dilation_h", 1))),
        dilation_w(static_cast<int32_t>(node.integer("dilation_w", 1))),
        h(window_axis(node, x[1], weights[1], stride_h, dilation_h)),
        w(window_axis(node, x[2], weights[2], stride_w, dilation_w)) {}
};

void infer(Graph& graph, const Node& node) {
  require(node.inputs.size() >= 2, node, "needs an input and weights");
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& weights = graph.tensor(node.inputs[1]);
  require(weights.shape.size() == 4, node, "weights must be [out_c, kernel_h, kernel_w, in_c]");
  require(x.shape.size() == 4, node, "input must be [batches, h, w, channels]");
  const Windows windows(node, x.shape, weights.shape);
  require(weights.shape[3] == x.shape[3], node,
          "weights for " + std::to_string(weights.shape[3]) + " input channels, the input has " +
              std::to_string(x.shape[3]) + " (grouped convolution is not supported)");
  if (node.inputs.size() > 2 && node.inputs[2] != no_tensor) {
    require(graph.tensor(node.inputs[2]).elements() == weights.shape[0], node,
            "bias must have one value per output channel");
  }
  set_output(graph, node, 0, x.dtype, {x.shape[0], windows.h.out, windows.w.out, weights.shape[0]});
}

int64_t macs(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return layer.y.elements() * layer.taps();
}

bool fits_s8(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return layer.x.dtype == DType::i8 && layer.weights.dtype == DType::i8 && layer.weights.constant &&
         layer.y.dtype == DType::i8 && symmetric(layer.weights) &&
         (layer.bias == nullptr || (layer.bias->constant && layer.bias->dtype == DType::i32)) &&
         layer.weights.shape[1] <= conv2d_rows_max;
}

Conv2dParams make_conv2d_params(const Layer& layer, const Node& node) {
  const Shape& x = layer.x.shape;
  const Shape& y = layer.y.shape;
  const Shape& w = layer.weights.shape;
  const Windows g(node, x, w);
  const ActivationRange range = activation_range(node, layer.y);
  return {x[0],
          x[1],
          x[2],
          x[3],
          y[1],
          y[2],
          y[3],
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

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const auto scaling = requantize_channels(layer.x, layer.weights, layer.y, layer.out_c());
  LoweredOp lowered;
  lowered.params = make_params(make_conv2d_params(layer, node));
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_tensor(node.inputs[1]),
      Operand::of_constant("bias", fold_input_zero(layer.x, layer.weights, 0, layer.bias)),
      Operand::of_constant("multiplier", scaling.multiplier),
      Operand::of_constant("shift", scaling.shift),
      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 8 * macs(graph, node) + 40 * Layer(graph, node).y.elements();
}

constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/conv2d"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/conv2d/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  constexpr int32_t conv_2d_options = 1;
  const tflite::Options options = source.options(conv_2d_options);
  node.attributes["padding"] = options.padding(0);
  node.attributes["stride_w"] = int64_t{options.integer(1)};
  node.attributes["stride_h"] = int64_t{options.integer(2)};
  node.attributes["activation"] = options.activation(3);
  node.attributes["dilation_w"] = int64_t{options.integer(4, 1)};
  node.attributes["dilation_h"] = int64_t{options.integer(5, 1)};
}

constexpr TfliteRule tflite_rules[] = {{3, import_tflite}};  // CONV_2D

}  // namespace

extern const OpDef conv2d_op;
const OpDef conv2d_op{"conv2d", infer, macs, kernels, tflite_rules};

}  // namespace mote

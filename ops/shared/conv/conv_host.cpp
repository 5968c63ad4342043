#include "ops/shared/conv/conv_host.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compiler/ir/lanes_packing.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"
#include "ops/shared/conv/conv_f32_avx2.hpp"
#include "ops/shared/conv/conv_f32_avx512vnni.hpp"
#include "ops/shared/conv/conv_f32_neon.hpp"
#include "ops/shared/conv/conv_f32_reference.hpp"
#include "ops/shared/conv/conv_s16_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote::shared {
namespace {

using namespace ir;

// What depends on the op's shape comes with conv_kernel().
constexpr KernelVariant f32_variant{nullptr, nullptr, nullptr};
constexpr KernelVariant s16_variant = f32_variant;
constexpr KernelVariant f32_avx512vnni_variant = f32_variant;
constexpr KernelVariant f32_avx2_variant = f32_variant;
constexpr KernelVariant f32_neon_variant = f32_variant;

#define MOTE_OP_FOLDER "ops/shared/conv"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/conv/kernels.inc"
};

const Tensor* bias_of(const Graph& graph, const Node& node) {
  const bool there = node.inputs.size() > 2 && node.inputs[2] != no_tensor;
  return there ? &graph.tensor(node.inputs[2]) : nullptr;
}

bool constant_weights(const Graph& graph, const Node& node) {
  const Tensor* bias = bias_of(graph, node);
  return input(graph, node, 1).constant && (bias == nullptr || bias->constant);
}

// Geometry of a convolution; the channels are left to the caller.
ConvF32Params windows(const Graph& graph, const Node& node, int32_t kernel_h, int32_t kernel_w) {
  const Shape& x = input(graph, node, 0).shape;
  const Shape& y = output(graph, node).shape;
  const auto stride_h = static_cast<int32_t>(node.integer("stride_h"));
  const auto stride_w = static_cast<int32_t>(node.integer("stride_w"));
  const auto dilation_h = static_cast<int32_t>(node.integer("dilation_h", 1));
  const auto dilation_w = static_cast<int32_t>(node.integer("dilation_w", 1));
  const WindowAxis h = window_axis(node, ImageAxis::h, x[1], kernel_h);
  const WindowAxis w = window_axis(node, ImageAxis::w, x[2], kernel_w);
  ConvF32Params p{};
  p.batches = x[0];
  p.in_h = x[1];
  p.in_w = x[2];
  p.in_c = x[3];
  p.out_h = y[1];
  p.out_w = y[2];
  p.out_c = y[3];
  p.kernel_h = kernel_h;
  p.kernel_w = kernel_w;
  p.stride_h = stride_h;
  p.stride_w = stride_w;
  p.dilation_h = dilation_h;
  p.dilation_w = dilation_w;
  p.pad_top = h.pad_before;
  p.pad_left = w.pad_before;
  return p;
}

}  // namespace

ConvF32Params conv2d_shape(const Graph& graph, const Node& node) {
  const Shape& w = input(graph, node, 1).shape;
  ConvF32Params p = windows(graph, node, w[1], w[2]);
  p.group_in = w[3];
  p.group_out = p.out_c / (p.in_c / p.group_in);
  p.weight_step = w[1] * w[2] * w[3];
  p.tap_step = w[3];
  return p;
}

ConvF32Params depthwise_shape(const Graph& graph, const Node& node) {
  const Shape& w = input(graph, node, 1).shape;
  ConvF32Params p = windows(graph, node, w[1], w[2]);
  p.group_in = 1;
  p.group_out = p.out_c / p.in_c;
  p.weight_step = 1;
  p.tap_step = p.out_c;
  return p;
}

ConvF32Params dense_shape(const Graph& graph, const Node& node) {
  const Shape& w = input(graph, node, 1).shape;
  ConvF32Params p{};
  p.batches = static_cast<int32_t>(input(graph, node, 0).elements() / w[1]);
  p.in_h = p.in_w = p.out_h = p.out_w = p.kernel_h = p.kernel_w = 1;
  p.stride_h = p.stride_w = p.dilation_h = p.dilation_w = 1;
  p.in_c = p.group_in = p.weight_step = p.tap_step = w[1];
  p.out_c = p.group_out = w[0];
  return p;
}

bool fits_f32(const Graph& graph, const Node& node) {
  const Tensor* bias = bias_of(graph, node);
  return input(graph, node, 0).dtype == DType::f32 && input(graph, node, 1).dtype == DType::f32 &&
         (bias == nullptr || bias->dtype == DType::f32) && output(graph, node).dtype == DType::f32;
}

bool fits_s16(const Graph& graph, const Node& node) {
  const Tensor& x = input(graph, node, 0);
  const Tensor& y = output(graph, node);
  const Tensor* bias = bias_of(graph, node);
  return x.dtype == DType::i16 && y.dtype == DType::i16 && x.zero_point() == 0 &&
         y.zero_point() == 0 && constant_weights(graph, node) &&
         input(graph, node, 1).dtype == DType::i8 && symmetric(input(graph, node, 1)) &&
         (bias == nullptr || bias->dtype == DType::i64 || bias->dtype == DType::i32);
}

LoweredOp lower_f32(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  ConvF32Params params = shape;
  const FloatRange range = float_activation(node);
  params.activation_min = range.min;
  params.activation_max = range.max;
  LoweredOp lowered;
  lowered.params = make_params(params);
  const bool biased = bias_of(graph, node) != nullptr;
  const std::vector<float> zeros(static_cast<size_t>(shape.out_c), 0.0f);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
      biased ? Operand::of_tensor(node.inputs[2]) : Operand::of_constant("bias", zeros),
      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

bool fits_f32_lanes(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  if (!fits_f32(graph, node) || !constant_weights(graph, node)) return false;
  const bool windows =
      conv_f32_depthwise(shape) || (shape.group_in == shape.in_c && shape.dilation_w == 1);
  if (!windows || shape.kernel_h > lanes_rows_max) return false;
  const auto values = input(graph, node, 1).values<float>();
  return std::ranges::all_of(values, [](float w) { return std::isfinite(w); });
}

LoweredOp lower_f32_lanes(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  LoweredOp lowered = lower_f32(graph, node, shape);
  const auto floats = [&](const Operand& operand) {
    const std::vector<uint8_t>& bytes =
        operand.kind == Operand::Kind::tensor ? graph.tensor(operand.tensor).data : operand.data;
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  };
  const std::vector<float> stored = floats(lowered.operands[1]);
  // Of each channel: [kernel_h, kernel_w, group_in].
  std::vector<float> weights;
  for (int32_t o = 0; o < shape.out_c; ++o) {
    for (int32_t tap = 0; tap < shape.kernel_h * shape.kernel_w; ++tap) {
      for (int32_t c = 0; c < shape.group_in; ++c) {
        weights.push_back(
            stored[static_cast<size_t>(o * shape.weight_step + tap * shape.tap_step + c)]);
      }
    }
  }
  const auto packed = pack_float_lanes(weights, floats(lowered.operands[2]));
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_constant("weights", packed),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(conv_f32_lanes_scratch(shape))};
  return lowered;
}

LoweredOp lower_s16(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  const Tensor& x = input(graph, node, 0);
  const Tensor& w = input(graph, node, 1);
  const Tensor& y = output(graph, node);
  const bool dense = w.shape.size() == 2 && w.quantization.axis < 0;
  const auto scaling = requantize_channels(
      x, w, y, shape.out_c, dense ? ScaleProduct::in_float : ScaleProduct::in_double);
  require(std::ranges::all_of(scaling.shift, [](int32_t s) { return s <= 14; }), node,
          "output scale is too small for its inputs");
  std::vector<int64_t> bias(static_cast<size_t>(shape.out_c), 0);
  if (const Tensor* own = bias_of(graph, node)) {
    if (own->dtype == DType::i64) std::ranges::copy(own->values<int64_t>(), bias.begin());
    if (own->dtype == DType::i32) std::ranges::copy(own->values<int32_t>(), bias.begin());
  }
  ConvS16Params params{};
  static_assert(sizeof(ConvS16Params) == sizeof(ConvF32Params));
  std::memcpy(&params, &shape, sizeof params);
  const ActivationRange range = activation_range(node, y);
  params.activation_min = range.min;
  params.activation_max = range.max;
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_tensor(node.inputs[1]),
                      Operand::of_constant("bias", bias),
                      Operand::of_constant("multiplier", scaling.multiplier),
                      Operand::of_constant("shift", scaling.shift),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

KernelInfo conv_kernel(size_t index, const KernelVariant& variant) {
  KernelInfo info = kernels[index];
  info.fits = variant.fits;
  info.lower = variant.lower;
  info.instructions = variant.instructions;
  return info;
}

int64_t conv_instructions(const Graph& graph, const Node& node) {
  return 8 * find_op(node.op).macs(graph, node);
}

int64_t conv_lanes_instructions(const Graph& graph, const Node& node) {
  return find_op(node.op).macs(graph, node) / 4 + 2 * output(graph, node).elements();
}

std::vector<TensorId> expand_padding(Graph& graph, const Node& node) {
  if (node.text("padding") != "explicit") return {};
  Node window = node;
  window.attributes["padding"] = std::string("same");
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& w = shared::input(graph, node, 1);
  const auto agrees = [&](ImageAxis axis, size_t index) {
    const WindowAxis same = window_axis(window, axis, x.shape[index], w.shape[index]);
    const WindowAxis asked = window_axis(node, axis, x.shape[index], w.shape[index]);
    return same.out == asked.out && same.pad_before == asked.pad_before &&
           same.pad_after == asked.pad_after;
  };
  std::vector<int32_t> margins{0, 0};
  for (const char* side : {"pad_top", "pad_bottom", "pad_left", "pad_right"}) {
    margins.push_back(static_cast<int32_t>(node.integer(side)));
    window.attributes.erase(side);
  }
  if (!agrees(ImageAxis::h, 1) || !agrees(ImageAxis::w, 2)) {
    margins.insert(margins.end(), {0, 0});
    const Quantization grid = x.quantization;
    const TensorId by = graph.add_constant("margins", DType::i32, {4, 2}, margins);
    window.inputs[0] = graph.add_node("pad", {node.inputs[0], by}, {}).at(0);
    graph.tensor(window.inputs[0]).quantization = grid;
    window.attributes["padding"] = std::string("valid");
  }
  Tensor y = graph.tensor(node.outputs.at(0));
  window.outputs = {graph.add_tensor(std::move(y))};
  graph.nodes.push_back(window);
  return window.outputs;
}

}  // namespace mote::shared

// Test aid: random convolutions, and what TensorFlow Lite's definition makes of them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/ir/requantize.hpp"
#include "core/fixed_point.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {

// One random convolution. depthwise: weights are [1, kh, kw, out_c].
struct ConvolutionTrial {
  bool depthwise = false;
  int32_t batches = 1, in_h = 5, in_w = 5, in_c = 1, out_c = 1;
  int32_t kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, dilation = 1;
  std::string padding = "same";
  ir::Graph graph;
  std::vector<int8_t> x;

  std::string text() const {
    std::string s = depthwise ? "depthwise" : "conv";
    for (int32_t v :
         {batches, in_h, in_w, in_c, out_c, kernel_h, kernel_w, stride_h, stride_w, dilation}) {
      s += " " + std::to_string(v);
    }
    return s + " " + padding;
  }
  bool possible() const {
    return padding == "same" ||
           ((kernel_h - 1) * dilation < in_h && (kernel_w - 1) * dilation < in_w);
  }
  void fill(TrialRandom& random) {
    graph = {};
    const ir::TensorId in = graph.add_tensor({"x",
                                              ir::DType::i8,
                                              {batches, in_h, in_w, in_c},
                                              trial_quantization(random, 1),
                                              false,
                                              {}});
    const ir::Shape shape = depthwise ? ir::Shape{1, kernel_h, kernel_w, out_c}
                                      : ir::Shape{out_c, kernel_h, kernel_w, in_c};
    const auto constants = add_trial_weights(graph, random, shape, depthwise ? 3 : 0);
    const ir::TensorId out =
        graph
            .add_node(depthwise ? "depthwise_conv2d" : "conv2d", {in, constants[0], constants[1]},
                      {{"stride_h", int64_t{stride_h}},
                       {"stride_w", int64_t{stride_w}},
                       {"dilation_h", int64_t{dilation}},
                       {"dilation_w", int64_t{dilation}},
                       {"padding", padding},
                       {"activation", trial_activation(random)}})
            .front();
    graph.tensor(out).quantization =
        trial_quantization(random, kernel_h * kernel_w * (depthwise ? 1 : in_c));
    x = random.bytes(graph.tensor(in).elements(), -128, 127);
  }
};

// TensorFlow Lite's reference (reference_integer_ops::ConvPerChannel, DepthwiseConvPerChannel),
// with input offset and padding by omission, written from its definition.
inline std::vector<int8_t> convolution_by_definition(const ConvolutionTrial& t) {
  const ir::Node& node = t.graph.nodes.front();
  const ir::Tensor& x = t.graph.tensor(node.inputs[0]);
  const ir::Tensor& w = t.graph.tensor(node.inputs[1]);
  const auto bias = t.graph.tensor(node.inputs[2]).values<int32_t>();
  const ir::Tensor& y = t.graph.tensor(node.outputs[0]);
  const auto weights = w.values<int8_t>();
  const int32_t out_h = y.shape[1], out_w = y.shape[2];
  const auto pad = [&](int32_t out, int32_t in, int32_t kernel, int32_t stride) {
    const int32_t total = (out - 1) * stride + (kernel - 1) * t.dilation + 1 - in;
    return t.padding == "valid" || total < 0 ? 0 : total / 2;
  };
  const int32_t pad_h = pad(out_h, t.in_h, t.kernel_h, t.stride_h);
  const int32_t pad_w = pad(out_w, t.in_w, t.kernel_w, t.stride_w);
  const auto scaling = ir::requantize_channels(x, w, y, t.out_c);
  const ir::ActivationRange range = ir::activation_range(node, y);
  const int32_t depth = t.out_c / t.in_c;
  std::vector<int8_t> result;
  for (int32_t i = 0; i < t.batches * out_h * out_w * t.out_c; ++i) {
    const int32_t o = i % t.out_c, ox = i / t.out_c % out_w, oy = i / t.out_c / out_w % out_h;
    const int32_t batch = i / t.out_c / out_w / out_h;
    int32_t sum = 0;
    for (int32_t ky = 0; ky < t.kernel_h; ++ky) {
      for (int32_t kx = 0; kx < t.kernel_w; ++kx) {
        const int32_t iy = oy * t.stride_h + ky * t.dilation - pad_h;
        const int32_t ix = ox * t.stride_w + kx * t.dilation - pad_w;
        if (iy < 0 || iy >= t.in_h || ix < 0 || ix >= t.in_w) continue;
        for (int32_t c = 0; c < (t.depthwise ? 1 : t.in_c); ++c) {
          const int32_t channel = t.depthwise ? o / depth : c;
          const size_t at =
              static_cast<size_t>(((batch * t.in_h + iy) * t.in_w + ix) * t.in_c + channel);
          const size_t tap = static_cast<size_t>(
              t.depthwise ? (ky * t.kernel_w + kx) * t.out_c + o
                          : ((o * t.kernel_h + ky) * t.kernel_w + kx) * t.in_c + c);
          sum += weights[tap] * (t.x[at] - x.zero_point());
        }
      }
    }
    sum += bias[static_cast<size_t>(o)];
    const size_t channel = static_cast<size_t>(o);
    const int32_t scaled =
        multiply_by_quantized_multiplier(sum, scaling.multiplier[channel], scaling.shift[channel]);
    result.push_back(
        static_cast<int8_t>(std::clamp(scaled + y.zero_point(), range.min, range.max)));
  }
  return result;
}

}  // namespace mote

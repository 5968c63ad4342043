#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/ir/requantize.hpp"
#include "core/fixed_point.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// One random convolution. depthwise: weights are [1, kh, kw, out_c].
struct Trial {
  bool depthwise = false;
  int32_t batches = 1, in_h = 5, in_w = 5, in_c = 1, out_c = 1;
  int32_t kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, dilation = 1;
  std::string padding = "same";
  Graph graph;
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
    const TensorId in = graph.add_tensor(
        {"x", DType::i8, {batches, in_h, in_w, in_c}, trial_quantization(random, 1), false, {}});
    const Shape shape =
        depthwise ? Shape{1, kernel_h, kernel_w, out_c} : Shape{out_c, kernel_h, kernel_w, in_c};
    const auto constants = add_trial_weights(graph, random, shape, depthwise ? 3 : 0);
    const TensorId out =
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
std::vector<int8_t> tflite(const Trial& t) {
  const Node& node = t.graph.nodes.front();
  const Tensor& x = t.graph.tensor(node.inputs[0]);
  const Tensor& w = t.graph.tensor(node.inputs[1]);
  const auto bias = t.graph.tensor(node.inputs[2]).values<int32_t>();
  const Tensor& y = t.graph.tensor(node.outputs[0]);
  const auto weights = w.values<int8_t>();
  const int32_t out_h = y.shape[1], out_w = y.shape[2];
  const auto pad = [&](int32_t out, int32_t in, int32_t kernel, int32_t stride) {
    const int32_t total = (out - 1) * stride + (kernel - 1) * t.dilation + 1 - in;
    return t.padding == "valid" || total < 0 ? 0 : total / 2;
  };
  const int32_t pad_h = pad(out_h, t.in_h, t.kernel_h, t.stride_h);
  const int32_t pad_w = pad(out_w, t.in_w, t.kernel_w, t.stride_w);
  const auto scaling = requantize_channels(x, w, y, t.out_c);
  const ActivationRange range = activation_range(node, y);
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

// How many kernels took the trial.
int run_all_variants(const Trial& trial) {
  const std::vector<int8_t> expected = tflite(trial);
  const Node& node = trial.graph.nodes.front();
  int taken = 0;
  for (const KernelInfo& kernel : find_op(node.op).kernels) {
    if (!kernel.fits(trial.graph, node)) continue;
    EXPECT_EQ(run_kernel(trial.graph, kernel, trial.x), expected)
        << kernel.symbol << ": " << trial.text();
    ++taken;
  }
  EXPECT_GE(taken, 1) << trial.text();
  return taken;
}

// Every small kernel, stride, channel count and padding.
void exhaust(bool depthwise, uint32_t seed) {
  TrialRandom random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Trial t;
  t.depthwise = depthwise;
  for (t.kernel_h = 1; t.kernel_h <= 4; ++t.kernel_h) {
    for (t.kernel_w = 1; t.kernel_w <= 4; ++t.kernel_w) {
      for (t.stride_h = 1; t.stride_h <= 3; ++t.stride_h) {
        for (t.in_c = 1; t.in_c <= 9; ++t.in_c) {
          t.stride_w = random.between(0, 3) == 0 ? random.between(1, 3) : t.stride_h;
          t.out_c = depthwise ? t.in_c * (random.between(0, 2) == 0 ? random.between(2, 3) : 1)
                              : random.between(1, 9);
          t.in_h = random.between(1, 8);
          t.in_w = random.between(1, 9);
          t.dilation = random.between(0, 5) == 0 ? 2 : 1;
          t.batches = random.between(0, 7) == 0 ? 2 : 1;
          t.padding = random.between(0, 1) ? "same" : "valid";
          if (!t.possible()) t.padding = "same";
          t.fill(random);
          run_all_variants(t);
          if (testing::Test::HasFailure()) return;
        }
      }
    }
  }
}

TEST(Conv2d, EveryVariantEqualsTensorFlowLiteOnSmallShapes) {
  for (uint32_t seed = 1; seed <= 3; ++seed) exhaust(false, seed);
}

TEST(DepthwiseConv2d, EveryVariantEqualsTensorFlowLiteOnSmallShapes) {
  for (uint32_t seed = 1; seed <= 3; ++seed) exhaust(true, seed);
}

TEST(Conv2d, RefusesWhatDoesNotFitTogether) {
  TrialRandom random(1);
  Trial t;
  t.in_c = 2;
  t.fill(random);
  t.graph.tensor(t.graph.nodes[0].inputs[1]).shape = {1, 3, 3, 3};
  EXPECT_THROW(find_op("conv2d").infer(t.graph, t.graph.nodes[0]), GraphError);
  t.padding = "valid";
  t.in_h = 2;
  EXPECT_THROW(t.fill(random), GraphError);
}

TEST(Conv2d, CheckRefusesOperandsThatAreTooSmall) {
  TrialRandom random(2);
  Trial t;
  t.in_c = 3;
  t.out_c = 5;
  for (const bool depthwise : {false, true}) {
    t.depthwise = depthwise;
    t.out_c = depthwise ? 3 : 5;
    t.fill(random);
    const Node& node = t.graph.nodes.front();
    for (const KernelInfo& kernel : find_op(node.op).kernels) {
      if (!kernel.fits(t.graph, node)) continue;
      const LoweredOp lowered = kernel.lower(t.graph, node);
      std::vector<uint32_t> sizes;
      for (const Operand& operand : lowered.operands) {
        sizes.push_back(operand.kind == Operand::Kind::tensor
                            ? static_cast<uint32_t>(t.graph.tensor(operand.tensor).byte_size())
                            : static_cast<uint32_t>(operand.data.size()) + operand.bytes);
      }
      std::vector<uint8_t> params = params_bytes(lowered.params);
      ASSERT_EQ(kernel.entry.check(params.data(), sizes.data()), Status::ok) << kernel.symbol;
      for (size_t i = 0; i < sizes.size(); ++i) {
        std::vector<uint32_t> shorter = sizes;
        --shorter[i];
        EXPECT_EQ(kernel.entry.check(params.data(), shorter.data()), Status::out_of_bounds)
            << kernel.symbol << " operand " << i;
      }
      // Every extent in the params, made too large or negative, is refused.
      for (size_t i = 0; i < 15 * 4; i += 4) {
        for (const int32_t bad : {-1, 1 << 30, INT32_MIN, INT32_MAX}) {
          std::vector<uint8_t> corrupt = params;
          std::memcpy(corrupt.data() + i, &bad, 4);
          EXPECT_NE(kernel.entry.check(corrupt.data(), sizes.data()), Status::ok)
              << kernel.symbol << " param " << i / 4;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mote

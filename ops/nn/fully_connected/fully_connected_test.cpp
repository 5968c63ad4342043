#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "compiler/ir/requantize.hpp"
#include "core/fixed_point.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// TensorFlow Lite's QuantizeMultiplier applied to one weight scale: fully connected layers round
// the product of both scales to float when the weights have one scale, and don't when they have
// one per output.
int8_t by_definition(const Tensor& x, const Tensor& w, const Tensor& y, size_t output,
                     int32_t sum) {
  const bool whole = w.quantization.axis < 0;
  const float scale = w.quantization.scale[whole ? 0 : output];
  const float rounded = x.scale() * scale;
  const double product = whole ? double{rounded} : double{x.scale()} * double{scale};
  int exponent = 0;
  const double fraction = std::frexp(product / double{y.scale()}, &exponent);
  const auto multiplier = static_cast<int64_t>(std::round(fraction * 2147483648.0));
  const int32_t scaled =
      multiplier == int64_t{1} << 31
          ? multiply_by_quantized_multiplier(sum, 1 << 30, exponent + 1)
          : multiply_by_quantized_multiplier(sum, static_cast<int32_t>(multiplier), exponent);
  return static_cast<int8_t>(clamp(scaled + y.zero_point(), -128, 127));
}

TEST(FullyConnected, EveryVariantEqualsTensorFlowLite) {
  constexpr uint32_t seed = 8;
  TrialRandom random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::map<std::string_view, int> taken;
  for (int trial = 0; trial < 1500; ++trial) {
    const int32_t rows = random.between(1, 6), in = random.between(1, 70),
                  out = random.between(1, 9);
    Graph graph;
    const TensorId x =
        graph.add_tensor({"x", DType::i8, {rows, in}, trial_quantization(random, 1), false, {}});
    const auto constants = add_trial_weights(graph, random, {out, in}, 0);
    Quantization& scales = graph.tensor(constants[0]).quantization;
    if (trial % 2 == 0) scales = {{scales.scale[0]}, {0}, -1};
    const TensorId y =
        graph.add_node("fully_connected", {x, constants[0], constants[1]}, {}).front();
    // A fine scale of the output, so that the last bits of the multiplier show.
    graph.tensor(y).quantization = {{graph.tensor(x).scale() * random.real(0.5f, 2.0f)}, {0}, -1};
    const auto values = random.bytes(int64_t{rows} * in, -128, 127);
    const auto weights = graph.tensor(constants[0]).values<int8_t>();
    const auto bias = graph.tensor(constants[1]).values<int32_t>();
    std::vector<int8_t> expected;
    for (int32_t i = 0; i < rows * out; ++i) {
      const int32_t row = i / out, o = i % out;
      auto sum = static_cast<uint32_t>(bias[static_cast<size_t>(o)]);
      for (int32_t k = 0; k < in; ++k) {
        const int32_t value = values[static_cast<size_t>(row * in + k)];
        const int32_t product =
            weights[static_cast<size_t>(o * in + k)] * (value - graph.tensor(x).zero_point());
        sum += static_cast<uint32_t>(product);
      }
      expected.push_back(by_definition(graph.tensor(x), graph.tensor(constants[0]), graph.tensor(y),
                                       static_cast<size_t>(o), static_cast<int32_t>(sum)));
    }
    for (const KernelInfo& kernel : find_op("fully_connected").kernels) {
      if (!kernel.fits(graph, graph.nodes.front())) continue;
      ++taken[kernel.symbol];
      ASSERT_EQ(run_kernel(graph, kernel, values), expected) << kernel.symbol << " trial " << trial;
    }
  }
  for (const KernelInfo& kernel : find_op("fully_connected").kernels) {
    if (kernel.symbol.find("_s8") == std::string_view::npos) continue;  // of another type
    if (kernel.symbol.find("_w4") != std::string_view::npos) continue;  // of 4-bit weights
    EXPECT_GE(taken[kernel.symbol], 300) << kernel.symbol << " was hardly tried";
  }
}

// The smallest multiplier difference decides here: a product of scales that float rounds.
TEST(FullyConnected, OneWeightScaleIsMultipliedInFloatByEveryVariant) {
  int differing = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    TrialRandom random(seed);
    Graph graph;
    const float x_scale = random.real(0.01f, 0.02f), w_scale = random.real(0.01f, 0.02f);
    const TensorId x = graph.add_tensor({"x", DType::i8, {1, 4}, {{x_scale}, {0}, -1}, false, {}});
    const TensorId w =
        graph.add_constant("w", DType::i8, {1, 4}, std::vector<int8_t>{127, 127, 127, 127});
    graph.tensor(w).quantization = {{w_scale}, {0}, -1};
    const TensorId y = graph.add_node("fully_connected", {x, w}, {}).front();
    graph.tensor(y).quantization = {{0.25f}, {0}, -1};
    const Node& node = graph.nodes.front();
    const ChannelRequantization rounded = requantize_linear(graph, node, 1);
    const ChannelRequantization exact =
        requantize_channels(graph.tensor(x), graph.tensor(w), graph.tensor(y), 1);
    differing += rounded.multiplier != exact.multiplier ? 1 : 0;
    for (const KernelInfo& kernel : find_op("fully_connected").kernels) {
      if (!kernel.fits(graph, node)) continue;
      bool found = false;
      for (const Operand& operand : kernel.lower(graph, node).operands) {
        for (size_t i = 0; i + 4 <= operand.data.size(); i += 4) {
          int32_t word = 0;
          std::memcpy(&word, operand.data.data() + i, 4);
          found = found || word == rounded.multiplier[0];
        }
      }
      EXPECT_TRUE(found) << kernel.symbol << " seed " << seed;
    }
  }
  EXPECT_GE(differing, 20);
}

}  // namespace
}  // namespace mote

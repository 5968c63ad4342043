#include <gtest/gtest.h>

#include <map>

#include "ops/convolution_trial.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// Counts in `taken` the kernels that took the trial.
void run_all_variants(const ConvolutionTrial& trial, std::map<std::string_view, int>& taken) {
  const std::vector<int8_t> expected = convolution_by_definition(trial);
  const Node& node = trial.graph.nodes.front();
  for (const KernelInfo& kernel : find_op(node.op).kernels) {
    if (!kernel.fits(trial.graph, node)) continue;
    EXPECT_EQ(run_kernel(trial.graph, kernel, trial.x), expected)
        << kernel.symbol << ": " << trial.text();
    ++taken[kernel.symbol];
  }
}

// Every small kernel, stride, channel count and padding.
void exhaust(bool depthwise, uint32_t seed) {
  TrialRandom random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  ConvolutionTrial t;
  t.depthwise = depthwise;
  std::map<std::string_view, int> taken;
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
          run_all_variants(t, taken);
          if (testing::Test::HasFailure()) return;
        }
      }
    }
  }
  if (depthwise) return;
  for (const KernelInfo& kernel : find_op("conv2d").kernels) {
    if (kernel.symbol.find("_s8") == std::string_view::npos) continue;  // of another type
    if (kernel.symbol.find("_w4") != std::string_view::npos) continue;  // of 4-bit weights
    EXPECT_GE(taken[kernel.symbol], 100) << kernel.symbol << " was hardly tried";
  }
}

TEST(Conv2d, EveryVariantEqualsTensorFlowLiteOnSmallShapes) {
  for (uint32_t seed = 1; seed <= 3; ++seed) exhaust(false, seed);
}

TEST(DepthwiseConv2d, EveryVariantEqualsTensorFlowLiteOnSmallShapes) {
  for (uint32_t seed = 1; seed <= 3; ++seed) exhaust(true, seed);
}

// The layers that networks are made of, over images from one pixel to several strips of rows.
TEST(DepthwiseConv2d, ThreeByThreeLayersOfAllSizes) {
  constexpr uint32_t seed = 4;
  TrialRandom random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::map<std::string_view, int> taken;
  ConvolutionTrial t;
  t.depthwise = true;
  for (int32_t i = 0; i < 400; ++i) {
    t.stride_h = t.stride_w = 1 + i % 2;
    t.in_c = t.out_c = 4 * random.between(1, 4);
    t.in_h = random.between(1, i % 5 == 0 ? 40 : 8);
    t.in_w = random.between(1, i % 5 == 0 ? 40 : 8);
    t.batches = i % 11 == 0 ? 2 : 1;
    t.padding = random.between(0, 1) && t.in_h >= 3 && t.in_w >= 3 ? "valid" : "same";
    t.fill(random);
    run_all_variants(t, taken);
    if (testing::Test::HasFailure()) return;
  }
  for (const KernelInfo& kernel : find_op("depthwise_conv2d").kernels) {
    if (kernel.symbol.find("_s8") == std::string_view::npos) continue;  // of another type
    if (kernel.symbol.find("_w4") != std::string_view::npos) continue;  // of 4-bit weights
    EXPECT_GE(taken[kernel.symbol], 200) << kernel.symbol << " was hardly tried";
  }
}

// Sums as far from 0 as int8 weights and inputs allow, -128 times -128 among them: where a kernel
// sums in fewer than 32 bits, it has to stop in time.
TEST(Conv2d, ExtremeWeightsAndInputs) {
  constexpr uint32_t seed = 5;
  TrialRandom random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::map<std::string_view, int> taken;
  ConvolutionTrial t;
  t.in_h = t.in_w = 4;
  for (int32_t i = 0; i < 120; ++i) {
    t.depthwise = i % 3 == 0;
    t.in_c = random.between(1, 40);
    t.out_c = t.depthwise ? t.in_c : random.between(1, 5);
    t.kernel_h = t.kernel_w = i % 2 == 0 ? 3 : 1;
    t.fill(random);
    const int8_t low = i % 4 < 2 ? -128 : -127;
    const bool mixed = i % 5 == 0;
    for (uint8_t& w : t.graph.tensor(t.graph.nodes[0].inputs[1]).data) {
      w = static_cast<uint8_t>(mixed && random.between(0, 1) ? 127 : low);
    }
    for (uint8_t& byte : t.graph.tensor(t.graph.nodes[0].inputs[2]).data) byte = 0;  // the bias
    for (int8_t& x : t.x) x = mixed && random.between(0, 1) ? 127 : -128;
    run_all_variants(t, taken);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(taken["conv2d_s8_generic"], 80);
  EXPECT_EQ(taken["depthwise_conv2d_s8_generic_3x3"], 20);
}

TEST(Conv2d, RefusesWhatDoesNotFitTogether) {
  TrialRandom random(1);
  ConvolutionTrial t;
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
  ConvolutionTrial t;
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

#include "learn/fake_quantize.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "learn/random.hpp"

namespace mote::learn {
namespace {

TEST(AffineInt8, HoldsZeroExactlyAndCoversTheRange) {
  Random random(3);
  for (int i = 0; i < 10000; ++i) {
    const float a = random.uniform(-10, 10), b = random.uniform(-10, 10);
    const ValueRange range{std::min(a, b), std::max(a, b), true};
    const AffineInt8 grid = affine_for(range);
    ASSERT_EQ(grid.real(grid.zero_point), 0.0f);
    ASSERT_GE(grid.zero_point, -128);
    ASSERT_LE(grid.zero_point, 127);
    // Nudging the zero point moves the range by at most half a step.
    ASSERT_LE(grid.real(-128), std::min(range.min, 0.0f) + 0.501f * grid.scale);
    ASSERT_GE(grid.real(127), std::max(range.max, 0.0f) - 0.501f * grid.scale);
  }
}

TEST(AffineInt8, AfterReluUsesAllSteps) {
  const AffineInt8 grid = affine_for({0.0f, 5.1f, true});
  EXPECT_EQ(grid.zero_point, -128);
  EXPECT_FLOAT_EQ(grid.scale, 5.1f / 255);
}

TEST(FakeQuantize, EqualsStoringAndReadingBack) {
  Random random(4);
  const AffineInt8 grid = affine_for({-1.3f, 2.9f, true});
  std::vector<float> values(1000);
  for (float& value : values) value = random.uniform(-2, 4);
  std::vector<float> rounded = values;
  std::vector<uint8_t> inside(values.size());
  fake_quantize(grid, rounded.data(), rounded.size(), inside.data());
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_FLOAT_EQ(rounded[i], grid.real(grid.stored(values[i]))) << values[i];
    const bool clipped =
        values[i] < grid.real(-128) - grid.scale / 2 || values[i] > grid.real(127) + grid.scale / 2;
    ASSERT_EQ(inside[i], clipped ? 0 : 1) << values[i];
  }
}

TEST(ValueRange, StartsAtTheFirstBatchThenMoves) {
  ValueRange range;
  const std::vector<float> first{-1, 0, 2}, second{-3, 4};
  observe(range, first.data(), first.size(), 0.1f);
  EXPECT_EQ(range.min, -1);
  EXPECT_EQ(range.max, 2);
  observe(range, second.data(), second.size(), 0.1f);
  EXPECT_FLOAT_EQ(range.min, -1.2f);
  EXPECT_FLOAT_EQ(range.max, 2.2f);
}

TEST(WeightScales, ArePerChannelOfTheAxisAndNeverZero) {
  const ir::Shape shape{2, 1, 3};
  const std::vector<float> w{1, -2, 0, 0.5f, 1, 0};
  EXPECT_EQ(weight_scales(shape, w.data(), 0), (std::vector<float>{2.0f / 127, 1.0f / 127}));
  EXPECT_EQ(weight_scales(shape, w.data(), 2), (std::vector<float>{1.0f / 127, 2.0f / 127, 1.0f}));
}

TEST(QuantizeWeights, StoresWhatTrainingSees) {
  Random random(5);
  const ir::Shape shape{4, 3, 5};
  std::vector<float> w(60), rounded(60);
  for (float& value : w) value = random.normal();
  for (int32_t axis = 0; axis < 3; ++axis) {
    const auto scales = weight_scales(shape, w.data(), axis);
    fake_quantize_weights(shape, w.data(), axis, scales, rounded.data());
    const auto stored = quantize_weights(shape, w.data(), axis, scales);
    size_t inner = 1;
    for (size_t d = static_cast<size_t>(axis) + 1; d < 3; ++d) {
      inner *= static_cast<size_t>(shape[d]);
    }
    bool extreme = false;
    for (size_t i = 0; i < w.size(); ++i) {
      const size_t channel = i / inner % static_cast<size_t>(shape[static_cast<size_t>(axis)]);
      ASSERT_EQ(rounded[i], static_cast<float>(stored[i]) * scales[channel]);
      ASSERT_GE(stored[i], -127);
      extreme = extreme || stored[i] == 127 || stored[i] == -127;
    }
    EXPECT_TRUE(extreme);
  }
}

// Every mean of up to 64 stored values, against integer arithmetic: (sum +- n / 2) / n.
TEST(FakeQuantizeMean, RoundsHalvesAwayFromStoredZero) {
  const AffineInt8 grid{0.037f, -11};
  for (int32_t count = 1; count <= 64; ++count) {
    for (int32_t sum = -128 * count; sum <= 127 * count; ++sum) {
      const int32_t expected = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
      float value = grid.scale * (static_cast<float>(sum) / static_cast<float>(count) + 11.0f);
      fake_quantize_mean(grid, &value, 1, nullptr);
      ASSERT_EQ(grid.stored(value), expected) << sum << " / " << count;
    }
  }
}

}  // namespace
}  // namespace mote::learn

#include "compiler/ir/scaled_requantization.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/dsp.hpp"
#include "core/fixed_point.hpp"
#include "ops/kernel_trial.hpp"

namespace mote::ir {
namespace {

int32_t saturated(int32_t x) {
  return std::clamp(x, -128, 127);
}

// Every sum within the bound, against TensorFlow Lite's double rounding.
void expect_exact(int32_t multiplier, int32_t right, int32_t zero, int32_t bound,
                  const RequantizationForm& form) {
  SCOPED_TRACE(testing::Message() << multiplier << " >> " << right << " + " << zero << ", |S| <= "
                                  << bound << ", scale " << form.scale << ", sign " << form.sign);
  const auto exact = shifted_requantization(multiplier, -right, bound, zero);
  ASSERT_TRUE(exact.has_value());
  const auto scaled = scaled_requantization(*exact, bound, form);
  ASSERT_TRUE(scaled.has_value());
  for (int32_t sum = -bound; sum <= bound; ++sum) {
    const int32_t expected =
        saturated(multiply_by_quantized_multiplier(sum, multiplier, -right) + zero);
    const int32_t held = sum * (1 << form.scale) + scaled->correction;
    const int32_t sign = form.sign && held < 0 ? -(1 << (form.scale - 1)) : 0;
    const int32_t got =
        saturated(asr(smmlar(held, scaled->multiplier, scaled->addend + sign), scaled->shift));
    // Without the sign, halves of negative sums round up: outputs up to the zero point are equal
    // once they are clamped to it.
    const int32_t least = form.sign ? -128 : zero;
    ASSERT_EQ(std::max(got, least), std::max(expected, least)) << "sum " << sum;
  }
}

constexpr RequantizationForm plain{0, false}, plain_bytes{8, false}, signed_bytes{8, true};

TEST(ScaledRequantization, EqualsDoubleRoundingForEverySum) {
  constexpr uint32_t seed = 1;
  TrialRandom random(seed);
  for (int i = 0; i < 60; ++i) {
    const int32_t multiplier = random.between(1 << 30, INT32_MAX);
    const int32_t right = random.between(1, 12);
    const int32_t bound = std::min(300 << right, 300'000);
    const int32_t zero = random.between(0, 1) ? -128 : random.between(-128, 127);
    for (const auto& form : {plain, plain_bytes, signed_bytes}) {
      expect_exact(multiplier, right, zero, bound, form);
    }
  }
}

TEST(ScaledRequantization, TakesExtremeMultipliers) {
  for (const int32_t multiplier : {1 << 30, (1 << 30) + 1, INT32_MAX, INT32_MAX - 1}) {
    for (const int32_t right : {1, 2, 7, 10}) {
      for (const int32_t zero : {-128, -1, 0, 127}) {
        for (const auto& form : {plain, plain_bytes, signed_bytes}) {
          expect_exact(multiplier, right, zero, 100'000, form);
        }
      }
    }
  }
}

// Large shifts come with few steps, so a shorter multiplier does.
TEST(ScaledRequantization, TakesLargeShifts) {
  constexpr uint32_t seed = 2;
  TrialRandom random(seed);
  for (const int32_t right : {14, 15, 16, 18, 20}) {
    for (int i = 0; i < 4; ++i) {
      const int32_t multiplier = random.between(1 << 30, INT32_MAX);
      for (const int32_t bound : {100'000, 1'000'000}) {
        expect_exact(multiplier, right, random.between(-128, 127), bound, plain);
        expect_exact(multiplier, right, random.between(-128, 127), bound, plain_bytes);
      }
    }
  }
}

TEST(ScaledRequantization, KeepsConstantOutputs) {
  for (const int32_t value : {-128, -3, 0, 127}) {
    const std::vector<int8_t> none(9, 0);
    const auto fixed = constant_output(none, value << 8, 1 << 30, -7, 0);
    ASSERT_TRUE(fixed.has_value());
    for (const auto& form : {plain, plain_bytes, signed_bytes}) {
      const auto scaled = scaled_requantization(*fixed, 0, form);
      ASSERT_TRUE(scaled.has_value());
      EXPECT_EQ(scaled->correction, 0);
      EXPECT_EQ(asr(smmlar(0, scaled->multiplier, scaled->addend), scaled->shift), value);
    }
  }
  // Every sum rounds to 0.
  const auto nothing = shifted_requantization(INT32_MAX, -25, 1 << 20, -5);
  ASSERT_TRUE(nothing.has_value());
  for (const auto& form : {plain, plain_bytes}) {
    const auto scaled = scaled_requantization(*nothing, 1 << 20, form);
    ASSERT_TRUE(scaled.has_value());
    EXPECT_EQ(
        asr(smmlar(12345 * (1 << form.scale), scaled->multiplier, scaled->addend), scaled->shift),
        -5);
  }
}

TEST(ScaledRequantization, RefusesWhatOverflows) {
  const auto exact = shifted_requantization(1 << 30, -8, 1 << 23, 0);
  ASSERT_TRUE(exact.has_value());
  EXPECT_FALSE(scaled_requantization(*exact, 1 << 23, plain_bytes).has_value());
  EXPECT_TRUE(scaled_requantization(*exact, 1 << 22, plain_bytes).has_value());
}

}  // namespace
}  // namespace mote::ir

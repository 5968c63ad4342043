// The vectors' requantisation against core/fixed_point.hpp, in the portable code that host tests of
// the kernels run; lab's differential test runs the same kernels on the emulated core.

#include "core/mve.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "core/mve_dot.hpp"

namespace mote {
namespace {

int32_t by_fixed_point(int32_t sum, int32_t multiplier, int32_t right, int32_t zero) {
  const int32_t scaled = multiply_by_quantized_multiplier(sum, multiplier, -right);
  return clamp(scaled + zero, -128, 127);
}

int32_t by_vector(int32_t sum, int32_t multiplier, int32_t right, int32_t zero, bool sign) {
  const int32_t addend = (1 << (right - 1)) + zero * (1 << right);
  const MveScale scale{mve_all_i32(multiplier), mve_all_i32(addend), mve_all_i32(-right)};
  const MveI32 sums = mve_all_i32(sum);
  const MveI32 y = sign ? mve_requantise<true>(sums, scale) : mve_requantise<false>(sums, scale);
  return mve_clamp(y, mve_all_i32(-128), mve_all_i32(127)).lane[3];
}

TEST(Mve, RequantisesEverySmallSumAsTheReference) {
  for (const int32_t multiplier : {1 << 30, (1 << 30) + 1, 1'500'000'001, INT32_MAX}) {
    for (int32_t right = 1; right <= 12; ++right) {
      for (int32_t sum = -70'000; sum <= 70'000; sum += right < 4 ? 1 : 7) {
        ASSERT_EQ(by_vector(sum, multiplier, right, 3, true),
                  by_fixed_point(sum, multiplier, right, 3))
            << sum << " * " << multiplier << " >> " << right;
      }
    }
  }
}

TEST(Mve, RequantisesRandomSumsAsTheReference) {
  constexpr uint32_t seed = 12;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 500'000; ++i) {
    const int32_t right = 1 + static_cast<int32_t>(random() % 22);
    const auto multiplier = static_cast<int32_t>((1u << 30) + random() % (1u << 30));
    // Sums whose results lie around the int8 range.
    const auto spread = static_cast<int64_t>(1) << (right + 9 < 30 ? right + 9 : 29);
    const auto sum = static_cast<int32_t>(static_cast<int64_t>(random()) % (2 * spread) - spread);
    const int32_t zero = static_cast<int32_t>(random() % 256) - 128;
    const int32_t expected = by_fixed_point(sum, multiplier, right, zero);
    ASSERT_EQ(by_vector(sum, multiplier, right, zero, true), expected)
        << sum << " * " << multiplier << " >> " << right << " + " << zero;
    // Where everything below the zero point is clamped, the sign doesn't matter.
    const int32_t without = by_vector(sum, multiplier, right, zero, false);
    ASSERT_EQ(std::max(without, zero), std::max(expected, zero))
        << sum << " * " << multiplier << " >> " << right << " + " << zero;
  }
}

TEST(Mve, NarrowingPutsWidenedLanesBack) {
  std::mt19937 random(5);
  for (int i = 0; i < 1000; ++i) {
    int8_t x[16], y[16];
    for (int8_t& v : x) v = static_cast<int8_t>(random());
    const MveI8 v = mve_load(x), one = mve_all_i8(1);
    const MveI16 even = mve_multiply_even(v, one), odd = mve_multiply_odd(v, one);
    mve_store(y, mve_narrow(mve_narrow(mve_widen_even(even), mve_widen_odd(even)),
                            mve_narrow(mve_widen_even(odd), mve_widen_odd(odd))));
    ASSERT_EQ(std::vector<int8_t>(x, x + 16), std::vector<int8_t>(y, y + 16));
  }
}

}  // namespace
}  // namespace mote

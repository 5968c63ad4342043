#include "core/fixed_point.hpp"
#include "core/dot_generic.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>

namespace mote {
namespace {

// gemmlowp's definition, as TensorFlow Lite uses it.
int32_t gemmlowp_high_mul(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min())
    return std::numeric_limits<int32_t>::max();
  const int64_t ab = static_cast<int64_t>(a) * b;
  const int64_t nudge = ab >= 0 ? (int64_t{1} << 30) : (1 - (int64_t{1} << 30));
  return static_cast<int32_t>((ab + nudge) / (int64_t{1} << 31));
}

TEST(FixedPoint, HighMulEqualsGemmlowp) {
  constexpr uint32_t seed = 20;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 2'000'000; ++i) {
    const auto a = static_cast<int32_t>(random());
    const auto b = static_cast<int32_t>(random() >> 1);
    ASSERT_EQ(rounding_doubling_high_mul(a, b), gemmlowp_high_mul(a, b)) << a << " * " << b;
    ASSERT_EQ(high_mul_of_halves(a, b), gemmlowp_high_mul(a, b)) << a << " * " << b;
    const int32_t bounded = a >> 2;
    ASSERT_EQ(bounded_high_mul(bounded, b), gemmlowp_high_mul(bounded, b)) << a << " * " << b;
  }
  // Around ties of the rounding: products close to odd multiples of 2^30.
  for (int32_t a : {-3, -2, -1, 0, 1, 2, 3, INT32_MIN, INT32_MAX}) {
    for (int32_t b : {0, 1, 1 << 29, 1 << 30, (1 << 30) + 1, (1 << 30) - 1, INT32_MAX}) {
      ASSERT_EQ(rounding_doubling_high_mul(a, b), gemmlowp_high_mul(a, b)) << a << " * " << b;
      ASSERT_EQ(high_mul_of_halves(a, b), gemmlowp_high_mul(a, b)) << a << " * " << b;
    }
  }
}

TEST(FixedPoint, DivideByPotRoundsHalvesAwayFromZero) {
  for (int32_t exponent = 0; exponent <= 8; ++exponent) {
    for (int32_t x = -2000; x <= 2000; ++x) {
      const int32_t size = 1 << exponent;
      const int32_t magnitude = ((x < 0 ? -x : x) * 2 + size) / (2 * size);
      ASSERT_EQ(rounding_divide_by_pot(x, exponent), x < 0 ? -magnitude : magnitude)
          << x << " / 2^" << exponent;
    }
  }
  EXPECT_EQ(rounding_divide_by_pot(INT32_MIN, 31), -1);
  EXPECT_EQ(rounding_divide_by_pot(INT32_MAX, 31), 1);
}

}  // namespace
}  // namespace mote

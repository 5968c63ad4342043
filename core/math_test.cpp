#include "core/math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "core/math_trial.hpp"
#include "core/sqrt_integer.hpp"

namespace mote {
namespace {

// Every 9,973rd float (a prime, so that all exponents and low mantissa bits are visited); the
// nightly test visits all.
#define MOTE_MATH_SWEEP(NAME, FUNCTION, REFERENCE, LIMIT)                              \
  TEST(Math, NAME##StaysWithinItsBound) {                                              \
    const UlpError error = sweep(                                                      \
        0, 9973, [](float x) { return FUNCTION; }, [](float x) { return REFERENCE; }); \
    EXPECT_LE(error.largest, LIMIT) << "at " << error.at;                              \
    EXPECT_EQ(error.wrong_class, 0u) << "at " << error.wrong_at;                       \
  }
#include "core/math_sweep_trial.inc"
#undef MOTE_MATH_SWEEP

TEST(Math, SpecialValuesAreDefined) {
  const float inf = float_infinity;
  const float negative_nan = float_from_bits(0xffc12345u);
  const auto bits = [](float x) { return float_bits(x); };
  for (float nan : {float_nan, negative_nan}) {
    EXPECT_EQ(bits(math::log(nan)), bits(float_nan));
    EXPECT_EQ(bits(math::exp(nan)), bits(float_nan));
    EXPECT_EQ(bits(math::sin(nan)), bits(float_nan));
    EXPECT_EQ(bits(math::cos(nan)), bits(float_nan));
    EXPECT_EQ(bits(math::sqrt(nan)), bits(float_nan));
    EXPECT_EQ(bits(math::sin_pi(nan)), bits(float_nan));
    EXPECT_EQ(bits(math::cos_pi(nan)), bits(float_nan));
  }
  EXPECT_EQ(math::log(0.0f), -inf);
  EXPECT_EQ(math::log(-0.0f), -inf);
  EXPECT_EQ(math::log(inf), inf);
  EXPECT_EQ(bits(math::log(1.0f)), 0u);
  EXPECT_EQ(bits(math::log(-1.0f)), bits(float_nan));
  EXPECT_EQ(math::exp(inf), inf);
  EXPECT_EQ(bits(math::exp(-inf)), 0u);
  EXPECT_EQ(math::exp(0.0f), 1.0f);
  EXPECT_EQ(bits(math::sqrt(-0.0f)), 0x80000000u);
  EXPECT_EQ(math::sqrt(inf), inf);
  EXPECT_EQ(bits(math::sqrt(-1e-45f)), bits(float_nan));
  EXPECT_EQ(bits(math::sin(-0.0f)), 0x80000000u);
  EXPECT_EQ(bits(math::sin(inf)), bits(float_nan));
}

// The hardware's square root is the reference: IEEE 754 defines it to the last bit.
TEST(Math, IntegerSquareRootEqualsHardware) {
  for (uint64_t bits = 1; bits < 0x7f800000u; bits += 997) {
    const float x = float_from_bits(static_cast<uint32_t>(bits));
    ASSERT_EQ(float_bits(math::sqrt_integer(x)), float_bits(std::sqrt(x))) << x;
  }
  for (uint32_t i = 1; i < 4096; ++i) {
    for (float x : {float_from_bits(i), float_from_bits(0x7f800000u - i),
                    static_cast<float>(i) * static_cast<float>(i)}) {
      ASSERT_EQ(float_bits(math::sqrt_integer(x)), float_bits(std::sqrt(x))) << x;
    }
  }
}

// The machine's conversion from 64-bit integers rounds as IEEE 754 says.
TEST(Math, RoundToFloatEqualsConversion) {
  constexpr uint32_t seed = 3;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 500'000; ++i) {
    uint64_t m = random() >> (random() % 64);
    if (i % 3 == 0) m = (m & ~uint64_t{0xffff}) | 0x8000;  // ties
    const float expected = static_cast<float>(m);
    ASSERT_EQ(float_bits(round_to_float(false, m, 0)), float_bits(expected)) << m;
    // Scaling into the subnormals rounds once, as the conversion from double does.
    const auto small = static_cast<uint32_t>(m);
    const int32_t down = -140 - static_cast<int32_t>(random() % 60);
    const float scaled = static_cast<float>(std::ldexp(static_cast<double>(small), down));
    ASSERT_EQ(float_bits(round_to_float(true, small, down)), float_bits(-scaled)) << small << down;
  }
}

TEST(Math, TurnsAreExactWhereTheCircleIsDivided) {
  EXPECT_EQ(math::sin_pi(0.5f), 1.0f);
  EXPECT_EQ(math::sin_pi(-0.5f), -1.0f);
  EXPECT_EQ(math::sin_pi(1.0f), 0.0f);
  EXPECT_EQ(math::cos_pi(1.0f), -1.0f);
  EXPECT_EQ(math::cos_pi(0.5f), 0.0f);
  EXPECT_EQ(math::cos_pi(1e30f), 1.0f);
  for (int k = 0; k < 512; ++k) {
    const float x = static_cast<float>(k) / 1024.0f;
    ASSERT_EQ(float_bits(math::sin_pi(x)), float_bits(math::cos_pi(0.5f - x))) << k;
  }
}

}  // namespace
}  // namespace mote

// Every elementary function over all 2^32 floats: measures the bounds that their headers state.

#include <gtest/gtest.h>

#include <cstdio>

#include "core/math.hpp"
#include "core/math_trial.hpp"
#include "core/sqrt_integer.hpp"

namespace mote {
namespace {

#define MOTE_MATH_SWEEP(NAME, FUNCTION, REFERENCE, LIMIT)                                        \
  TEST(MathOverAllFloats, NAME) {                                                                \
    const UlpError error = sweep(                                                                \
        0, 1, [](float x) { return FUNCTION; }, [](float x) { return REFERENCE; });              \
    std::printf("largest error %.5f ulp at %a\n", error.largest, static_cast<double>(error.at)); \
    EXPECT_LE(error.largest, LIMIT) << "at " << error.at;                                        \
    EXPECT_EQ(error.wrong_class, 0u) << "at " << error.wrong_at;                                 \
  }
#include "core/math_sweep_trial.inc"
#undef MOTE_MATH_SWEEP

TEST(MathOverAllFloats, IntegerSquareRoot) {
  for (uint32_t bits = 1; bits < 0x7f800000u; ++bits) {
    const float x = float_from_bits(bits);
    ASSERT_EQ(float_bits(math::sqrt_integer(x)), float_bits(math::sqrt(x))) << x;
  }
}

}  // namespace
}  // namespace mote

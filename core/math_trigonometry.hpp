// Sine and cosine, of radians and of multiples of pi.
#pragma once

#include "core/float_bits.hpp"

namespace mote {
namespace math {

// An angle in quarter turns: quarters (mod 4) + fraction, fraction in [-1/2, 1/2] as Q62.
struct QuarterTurns {
  uint32_t quarters;
  int64_t fraction_q62;
};

// turns_q62: quarter turns modulo 4 in Q62.
constexpr QuarterTurns split_quarters(uint64_t turns_q62) {
  const uint64_t quarters = (turns_q62 + (uint64_t{1} << 61)) >> 62;
  return {static_cast<uint32_t>(quarters & 3u), static_cast<int64_t>(turns_q62 - (quarters << 62))};
}

// |x| * 2 / pi modulo 4. x: finite, |x| >= 2^-12. Multiplies the mantissa with those 96 bits of
// 2 / pi that matter, so it is exact to 2^-61 quarter turns for every float (M. Payne, R. Hanek,
// "Radian reduction for trigonometric functions", SIGNUM 18, 1983).
constexpr QuarterTurns reduce_radians(float x) {
  // 64 zero bits, then 2 / pi.
  constexpr uint32_t two_over_pi[9] = {0,          0,          0xa2f9836e, 0x4e441529, 0xfc2757d1,
                                       0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
  const FloatParts parts = float_parts(x);
  const auto first = static_cast<uint32_t>(parts.exponent + 62);  // bit, [27, 166]
  const uint32_t word = first / 32, bit = first % 32;
  uint64_t window[3] = {};
  for (uint32_t i = 0; i < 3; ++i) {
    const uint64_t pair =
        (static_cast<uint64_t>(two_over_pi[word + i]) << 32) | two_over_pi[word + i + 1];
    window[i] = (pair >> (32 - bit)) & 0xffffffffu;
  }
  const uint64_t m = parts.mantissa;
  return split_quarters(((m * window[0]) << 32) + m * window[1] + ((m * window[2]) >> 32));
}

// sin(f * pi / 2). f_q62: Q62, [-1/2, 1/2].
constexpr float sin_quarter(int64_t f_q62) {
  const bool negative = f_q62 < 0;
  const uint64_t f = static_cast<uint64_t>(negative ? -f_q62 : f_q62);
  if (f == 0) return 0.0f;
  const int64_t root = static_cast<int64_t>(f >> 31);
  const int64_t square = (root * root) >> 30;  // f^2, Q32
  // (pi/2) - (pi/2)^3/3! f^2 + (pi/2)^5/5! f^4 - ..., Q31; the next term is below 2^-36.
  int64_t sum = 0x1e30;
  sum = 0x000541e1 - ((square * sum) >> 32);
  sum = 0x00996966 - ((square * sum) >> 32);
  sum = 0x0a335e34 - ((square * sum) >> 32);
  sum = 0x52aef399 - ((square * sum) >> 32);
  sum = 0xc90fdaa2 - ((square * sum + (int64_t{1} << 31)) >> 32);
  const int32_t zeros = __builtin_clzll(f);
  const uint64_t normal = (f << zeros) >> 32;  // f = normal * 2^(-30 - zeros)
  return round_to_float(negative, normal * static_cast<uint64_t>(sum), -61 - zeros);
}

// cos(f * pi / 2). f_q62: Q62, [-1/2, 1/2].
constexpr float cos_quarter(int64_t f_q62) {
  const int64_t root = (f_q62 < 0 ? -f_q62 : f_q62) >> 31;
  const int64_t square = (root * root) >> 30;
  // 1 - (pi/2)^2/2! f^2 + (pi/2)^4/4! f^4 - ..., Q31.
  int64_t sum = 0x03f4;
  sum = 0x0000d369 - ((square * sum) >> 32);
  sum = 0x001e1f50 - ((square * sum) >> 32);
  sum = 0x02aba790 - ((square * sum) >> 32);
  sum = 0x20783e10 - ((square * sum) >> 32);
  sum = 0x9de9e64e - ((square * sum) >> 32);
  sum = (int64_t{1} << 31) - ((square * sum + (int64_t{1} << 31)) >> 32);
  return round_to_float(false, static_cast<uint64_t>(sum), -31);
}

constexpr float sin_of(const QuarterTurns& angle, uint32_t quarters_ahead, bool negated) {
  const uint32_t quarters = (angle.quarters + quarters_ahead) & 3u;
  const float size =
      (quarters & 1u) != 0 ? cos_quarter(angle.fraction_q62) : sin_quarter(angle.fraction_q62);
  return ((quarters & 2u) != 0) != negated ? -size : size;
}

// sin(x), within 0.52 ulp. x: radians, any float; NaN for inf and NaN. sin(-0) = -0.
constexpr float sin(float x) {
  const uint32_t magnitude = float_bits(x) & 0x7fffffffu;
  if (magnitude >= 0x7f800000u) return float_nan;
  if (magnitude < 0x39800000u) return x;  // |x| < 2^-12: x^3 / 6 is below 0.17 ulp
  return sin_of(reduce_radians(x), 0, float_bits(x) >> 31 != 0);
}

// cos(x), within 0.52 ulp. x: radians, any float; NaN for inf and NaN.
constexpr float cos(float x) {
  const uint32_t magnitude = float_bits(x) & 0x7fffffffu;
  if (magnitude >= 0x7f800000u) return float_nan;
  if (magnitude < 0x39800000u) return 1.0f;  // |x| < 2^-12: x^2 / 2 is at most half an ulp
  return sin_of(reduce_radians(x), 1, false);
}

// 2 * |x| quarter turns modulo 4. x: finite, |x| >= 2^-30.
constexpr QuarterTurns reduce_half_turns(float x) {
  const FloatParts parts = float_parts(x);
  const int32_t shift = parts.exponent + 63;
  return split_quarters(shift > 63 ? 0 : static_cast<uint64_t>(parts.mantissa) << shift);
}

// sin(pi * x), within 0.52 ulp: for tables of angles that divide the circle, without the error of
// rounding pi * x. x: any float; NaN for inf and NaN. Zero results have the sign of x.
constexpr float sin_pi(float x) {
  const uint32_t magnitude = float_bits(x) & 0x7fffffffu;
  const bool negative = float_bits(x) >> 31 != 0;
  if (magnitude >= 0x7f800000u) return float_nan;
  if (magnitude == 0) return x;
  if (magnitude < 0x30800000u) {  // |x| < 2^-30: pi * x
    const FloatParts parts = float_parts(x);
    return round_to_float(negative, parts.mantissa * uint64_t{0x6487ed5111}, parts.exponent - 37);
  }
  const float y = sin_of(reduce_half_turns(x), 0, negative);
  return y == 0.0f ? (negative ? -0.0f : 0.0f) : y;
}

// cos(pi * x), within 0.52 ulp. x: any float; NaN for inf and NaN. Zero results are +0.
constexpr float cos_pi(float x) {
  const uint32_t magnitude = float_bits(x) & 0x7fffffffu;
  if (magnitude >= 0x7f800000u) return float_nan;
  if (magnitude < 0x30800000u) return 1.0f;
  const float y = sin_of(reduce_half_turns(x), 1, false);
  return y == 0.0f ? 0.0f : y;
}

}  // namespace math
}  // namespace mote

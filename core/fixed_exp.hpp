// exp and reciprocal in fixed point, bit for bit gemmlowp's (fixedpoint/fixedpoint.h), which
// TensorFlow Lite's int8 softmax and logistic are defined by.
//
// Qm.n: a signed 32-bit number with m integer and n = 31 - m fractional bits.
#pragma once

#include <cstdint>

#include "core/fixed_point.hpp"

namespace mote {

// x * 2^exponent, saturated. exponent: [0, 31].
inline int32_t saturating_left_shift(int32_t x, int32_t exponent) {
  const int32_t limit = static_cast<int32_t>((uint32_t{1} << (31 - exponent)) - 1);
  if (x > limit) return INT32_MAX;
  if (x < -limit - 1) return INT32_MIN;
  return static_cast<int32_t>(static_cast<uint32_t>(x) << exponent);
}

// exp(a) for a in [-1/4, 0), Q0.31 in and out: Taylor polynomial of degree 4 around -1/8.
inline int32_t exp_last_quarter(int32_t a) {
  constexpr int32_t exp_of_minus_eighth = 1895147668;
  constexpr int32_t third = 715827883;
  const int32_t x = a + (1 << 28);
  const int32_t x2 = rounding_doubling_high_mul(x, x);
  const int32_t x3 = rounding_doubling_high_mul(x2, x);
  const int32_t x4 = rounding_doubling_high_mul(x2, x2);
  const int32_t x4_over_4 = rounding_divide_by_pot(x4, 2);
  // x^4/24 + x^3/6 + x^2/2
  const int32_t tail =
      rounding_divide_by_pot(rounding_doubling_high_mul(x4_over_4 + x3, third) + x2, 1);
  return exp_of_minus_eighth + rounding_doubling_high_mul(exp_of_minus_eighth, x + tail);
}

// exp(a) for a <= 0 in Q(integer_bits); the result is Q0.31, INT32_MAX for exp(0).
// integer_bits: [0, 5].
template <int integer_bits>
inline int32_t exp_on_negative(int32_t a) {
  static_assert(integer_bits >= 0 && integer_bits <= 5, "no factors beyond exp(-16)");
  constexpr int32_t fraction_bits = 31 - integer_bits;
  constexpr int32_t quarter = 1 << (fraction_bits - 2);
  // exp(-2^i) in Q0.31, i from -2 on.
  constexpr int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308,
                                 39332535,   720401,     242};
  if (a == 0) return INT32_MAX;
  const int32_t last_quarter = (a & (quarter - 1)) - quarter;
  int32_t result = exp_last_quarter(saturating_left_shift(last_quarter, integer_bits));
  const int32_t remainder = last_quarter - a;  // a multiple of 1/4
  for (int32_t i = 0; i < integer_bits + 2; ++i) {
    if ((remainder & (quarter << i)) != 0) {
      result = rounding_doubling_high_mul(result, factors[i]);
    }
  }
  return result;
}

// 2 / (1 + x) in Q2.29 for x in [0, 1) in Q0.31: three Newton-Raphson steps.
inline int32_t two_over_one_plus(int32_t x) {
  constexpr int32_t one = 1 << 29;                     // Q2.29
  constexpr int32_t constant_48_over_17 = 1515870810;  // Q2.29
  constexpr int32_t minus_32_over_17 = -1010580540;    // Q2.29
  // (x + 1) / 2; the sum of two non-negative numbers rounds half up.
  const auto half_denominator = static_cast<int32_t>((int64_t{x} + INT32_MAX + 1) / 2);
  int32_t y = constant_48_over_17 + rounding_doubling_high_mul(half_denominator, minus_32_over_17);
  for (int step = 0; step < 3; ++step) {
    const int32_t rest = one - rounding_doubling_high_mul(half_denominator, y);
    y += saturating_left_shift(rounding_doubling_high_mul(y, rest), 2);
  }
  return y;
}

// 1 / (1 + x) for x in [0, 1), Q0.31 in and out.
inline int32_t one_over_one_plus(int32_t x) {
  return saturating_left_shift(two_over_one_plus(x), 1);
}

// Logistic function and tanh of x in Q(4), Q0.31 out.
inline int32_t logistic_q4(int32_t x) {
  if (x == 0) return 1 << 30;
  const int32_t above = one_over_one_plus(exp_on_negative<4>(x > 0 ? -x : x));
  return x > 0 ? above : INT32_MAX - above;
}
inline int32_t tanh_q4(int32_t x) {
  if (x == 0) return 0;
  // (1 - e) / (1 + e) with e = exp(-2 |x|): twice a Q(4) is the same number as Q(5).
  const int32_t half = two_over_one_plus(exp_on_negative<5>(x > 0 ? -x : x)) - (1 << 29);
  const int32_t size = saturating_left_shift(half, 2);
  return x > 0 ? size : -size;
}

// Leading zero bits of x, 32 for 0.
inline int32_t leading_zeros(uint32_t x) {
  return x == 0 ? 32 : __builtin_clz(x);
}

}  // namespace mote

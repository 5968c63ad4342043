// Logarithm in fixed point, bit for bit TensorFlow Lite's log_x_for_x_greater_than_or_equal_to_1
// (tensorflow/lite/kernels/internal/common.h), which its int8 log-softmax is defined by.
//
// The argument is 2^n * r with r near sqrt(sqrt(1/2)), where a rational approximation holds.
// Qm.n: a signed 32-bit number with m integer and n = 31 - m fractional bits.
#pragma once

#include "core/fixed_exp.hpp"

namespace mote {

// log(r) - log(sqrt(sqrt(1/2))) in Q6.25, of r in Q0.31.
inline int32_t log_of_remainder(int32_t r) {
  constexpr int32_t sqrt_sqrt_half = 1805811301;  // all Q0.31
  constexpr int32_t alpha_n = 117049297;          // 11/240 * 2^(1/4)
  constexpr int32_t alpha_d = 127690142;          // 1/20 * 2^(1/4)
  constexpr int32_t alpha_i = 1057819769;         // 2 / 2^(1/4) - 2^(1/4)
  constexpr int32_t alpha_f = 638450708;          // 1/4 * 2^(1/4)
  const auto p = static_cast<int32_t>((int64_t{r} + sqrt_sqrt_half + 1) / 2);
  const int32_t q = 2 * (r - sqrt_sqrt_half);
  const int32_t square = rounding_doubling_high_mul(q, q);
  const int32_t cube = rounding_doubling_high_mul(q, square);
  const int32_t numerator =
      rounding_doubling_high_mul(q, r) + rounding_doubling_high_mul(cube, alpha_n);
  const int32_t inner = alpha_i + q + rounding_doubling_high_mul(alpha_d, square);
  const int32_t denominator_minus_one =
      rounding_doubling_high_mul(p, inner) + rounding_doubling_high_mul(alpha_f, q);
  return rounding_doubling_high_mul(rounding_divide_by_pot(numerator, 6),
                                    one_over_one_plus(denominator_minus_one));
}

// log(x) in Q5.26 of x >= 1 in Q12.19.
inline int32_t log_q12(int32_t x) {
  constexpr int32_t log_2 = 1488522236, sqrt_half = 1518500250;  // Q0.31
  constexpr int32_t integer_bits = 12, power_fraction_bits = 25, quarter = 1 << 23;
  // Two ways to write x as 2^n * r; the one with the smaller r and the larger n holds.
  const int32_t headroom_a = leading_zeros(static_cast<uint32_t>(x));
  const int32_t scaled = saturating_left_shift(x, headroom_a - 1);
  const int32_t r_a = saturating_left_shift(rounding_doubling_high_mul(scaled, sqrt_half), 1);
  const int32_t power_a = (integer_bits - headroom_a) * (1 << power_fraction_bits) + quarter;
  const int32_t by_root = rounding_doubling_high_mul(x, sqrt_half);
  const int32_t headroom_b = leading_zeros(static_cast<uint32_t>(by_root)) - 1;
  const int32_t r_b = saturating_left_shift(x, headroom_b);
  const int32_t power_b = (integer_bits - headroom_b) * (1 << power_fraction_bits) - quarter;
  const int32_t power = power_a > power_b ? power_a : power_b;
  const int32_t sum =
      rounding_doubling_high_mul(power, log_2) + log_of_remainder(r_a < r_b ? r_a : r_b);
  return saturating_left_shift(sum, 1);
}

}  // namespace mote

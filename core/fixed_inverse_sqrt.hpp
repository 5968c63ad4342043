// 1 / sqrt(n) of an integer in fixed point, bit for bit TensorFlow Lite's
// GetInvSqrtQuantizedMultiplierExp, which its int8 L2 normalisation and rsqrt are defined by.
#pragma once

#include "core/fixed_exp.hpp"

namespace mote {

// multiplier * 2^(shift - 31), for multiply_by_quantized_multiplier.
struct InverseSqrt {
  int32_t multiplier;
  int32_t shift;
};

// n: >= 0; 0 counts as 1.
inline InverseSqrt inverse_sqrt(int32_t n) {
  if (n <= 1) return {INT32_MAX, 0};
  int32_t right = 11;
  while (n >= 1 << 29) {
    n /= 4;
    ++right;
  }
  const int32_t pairs = (leading_zeros(static_cast<uint32_t>(n)) - 1) / 2 - 1;
  right -= pairs;
  n <<= 2 * pairs;  // in [2^27, 2^29)
  // Newton's iteration in Q3.28 for 1 / sqrt of n / 2.
  const int32_t half = rounding_divide_by_pot(n >> 1, 1);
  constexpr int32_t three_halves = (1 << 28) + (1 << 27);
  int32_t x = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const int32_t square = rounding_doubling_high_mul(x, x);
    const int32_t cube = saturating_left_shift(rounding_doubling_high_mul(square, x), 6);
    const int32_t next =
        rounding_doubling_high_mul(three_halves, x) - rounding_doubling_high_mul(half, cube);
    x = saturating_left_shift(next, 3);
  }
  constexpr int32_t half_sqrt_2 = 1518500250;  // Q0.31
  x = rounding_doubling_high_mul(x, half_sqrt_2);
  if (right < 0) {
    x = static_cast<int32_t>(static_cast<uint32_t>(x) << (-right & 31));
    right = 0;
  }
  return {x, -right};
}

}  // namespace mote

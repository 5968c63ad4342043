// Portable softmax: one row at a time, exponentials computed twice rather than stored.
#pragma once

#include "core/fixed_exp.hpp"
#include "ops/nn/softmax/softmax.hpp"

namespace mote {

// exp(beta * scale * difference) in Q0.31. difference: [diff_min, 0].
template <class P>
inline int32_t softmax_exp(const P& p, int32_t difference) {
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(difference) << p.shift);
  return exp_on_negative<5>(rounding_doubling_high_mul(shifted, p.multiplier));
}

// Out: int8 or int16.
template <class Out, class P>
MOTE_INLINE void softmax_rows(const P& p, const int8_t* x, Out* y) {
  constexpr int32_t sum_integer_bits = 12;
  constexpr int32_t out_bits = 8 * sizeof(Out), low = -(1 << (out_bits - 1)), high = -low - 1;

  for (int32_t row = 0; row < p.rows; ++row) {
    int32_t largest = x[0];
    for (int32_t c = 1; c < p.columns; ++c) {
      if (x[c] > largest) largest = x[c];
    }
    int32_t sum = 0;  // Q12.19
    for (int32_t c = 0; c < p.columns; ++c) {
      const int32_t difference = x[c] - largest;
      if (difference < p.diff_min) continue;
      sum += rounding_divide_by_pot(softmax_exp(p, difference), sum_integer_bits);
    }
    // 1 / sum = reciprocal * 2^-bits_over_unit: the sum normalised to [1, 2), its leading 1
    // dropped. A sum of 0 only comes from corrupt params.
    const int32_t headroom = leading_zeros(static_cast<uint32_t>(sum | 1));
    const int32_t bits_over_unit = sum_integer_bits - headroom;
    const uint32_t normalised = static_cast<uint32_t>(sum) << headroom;
    const int32_t reciprocal = one_over_one_plus(static_cast<int32_t>(normalised & INT32_MAX));
    const int32_t shift = clamp(bits_over_unit + 31 - out_bits, 0, 31);
    for (int32_t c = 0; c < p.columns; ++c) {
      const int32_t difference = x[c] - largest;
      int32_t value = low;
      if (difference >= p.diff_min) {
        const int32_t share = rounding_doubling_high_mul(reciprocal, softmax_exp(p, difference));
        value = clamp(rounding_divide_by_pot(share, shift) + low, low, high);
      }
      y[c] = static_cast<Out>(value);
    }
    x += p.columns;
    y += p.columns;
  }
}

template <class P>
void softmax_s8_reference(const P& p, void* const* operands) {
  softmax_rows(p, static_cast<const int8_t*>(operands[0]), static_cast<int8_t*>(operands[1]));
}

}  // namespace mote

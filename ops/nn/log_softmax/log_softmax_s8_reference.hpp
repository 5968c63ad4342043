// Portable log-softmax of int8.
#pragma once

#include "core/fixed_log.hpp"
#include "ops/nn/log_softmax/log_softmax.hpp"

namespace mote {

template <class P>
void log_softmax_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  constexpr int32_t sum_integer_bits = 12, output_fraction_bits = 4;
  constexpr int32_t drop = 26 - output_fraction_bits;
  const auto scaled = [&p](int32_t difference) {
    return multiply_by_quantized_multiplier(difference, p.multiplier, p.shift);
  };
  for (int32_t row = 0; row < p.rows; ++row, x += p.columns, y += p.columns) {
    int32_t largest = x[0];
    for (int32_t c = 1; c < p.columns; ++c) largest = x[c] > largest ? x[c] : largest;
    int32_t sum = 0;  // Q12.19
    for (int32_t c = 0; c < p.columns; ++c) {
      const int32_t difference = x[c] - largest;
      if (difference < p.diff_min) continue;
      sum += rounding_divide_by_pot(exp_on_negative<5>(scaled(difference)), sum_integer_bits);
    }
    const int32_t log_sum = log_q12(sum);
    // Below it the difference leaves Q5.26.
    const int32_t reach = multiply_by_quantized_multiplier(log_sum + INT32_MIN,
                                                           p.reverse_multiplier, p.reverse_shift);
    const int32_t lowest = reach > p.diff_min - 1 ? reach : p.diff_min - 1;
    for (int32_t c = 0; c < p.columns; ++c) {
      const int32_t difference = x[c] - largest;
      const int32_t value = rounding_divide_by_pot(scaled(difference) - log_sum, drop) + 127;
      y[c] = static_cast<int8_t>(difference > lowest ? clamp(value, -128, 127) : -128);
    }
  }
}

}  // namespace mote

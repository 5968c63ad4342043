// Portable addition.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/add/add.hpp"

namespace mote {

template <class P>
void add_s8_reference(const P& p, void* const* operands) {
  const auto* a = static_cast<const int8_t*>(operands[0]);
  const auto* b = static_cast<const int8_t*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);

  for (int32_t begin = 0; begin < p.count; begin += p.b_count) {
    for (int32_t i = 0; i < p.b_count; ++i) {
      const int32_t left = multiply_by_quantized_multiplier(
          (*a++ - p.a_zero) * (1 << add_extra_bits), p.a_multiplier, p.a_shift);
      const int32_t right = multiply_by_quantized_multiplier(
          (b[i] - p.b_zero) * (1 << add_extra_bits), p.b_multiplier, p.b_shift);
      const int32_t sum =
          multiply_by_quantized_multiplier(left + right, p.output_multiplier, p.output_shift);
      *y++ = static_cast<int8_t>(clamp(sum + p.output_zero, p.activation_min, p.activation_max));
    }
  }
}

}  // namespace mote

// Addition for cores with the DSP extension: each requantisation is one SMMLAR and a shift; see
// core/dot_block.hpp. Exact for every package that the host makes: inputs with 20 extra bits stay
// below 2^29, their sum below 2^30.
#pragma once

#include "core/dsp.hpp"
#include "core/fixed_point.hpp"
#include "ops/nn/add/add.hpp"

namespace mote {

// requantise(x) of doubled = 2 * x; shift in [-30, 0].
inline int32_t add_requantise(int32_t doubled, int32_t multiplier, int32_t shift) {
  if (shift == 0) return smmlar(doubled, multiplier, 0);
  const int32_t right = -shift & 31;
  const int32_t half = static_cast<int32_t>(1u << ((right - 1) & 31));
  return smmlar(doubled, multiplier, half + (doubled >> 31)) >> right;
}

template <class P>
void add_s8_armv7em(const P& p, void* const* operands) {
  const auto* a = static_cast<const int8_t*>(operands[0]);
  const auto* b = static_cast<const int8_t*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);
  constexpr int32_t scale = 2 << add_extra_bits;
  const int32_t a_offset = -p.a_zero * scale;
  const int32_t b_offset = -p.b_zero * scale;

  for (int32_t begin = 0; begin < p.count; begin += p.b_count) {
    for (const int8_t *each = b, *const end = b + p.b_count; each != end;) {
      const int32_t left = add_requantise(*a++ * scale + a_offset, p.a_multiplier, p.a_shift);
      const int32_t right = add_requantise(*each++ * scale + b_offset, p.b_multiplier, p.b_shift);
      const int32_t sum = add_requantise(2 * (left + right), p.output_multiplier, p.output_shift);
      *y++ = static_cast<int8_t>(clamp(sum + p.output_zero, p.activation_min, p.activation_max));
    }
  }
}

}  // namespace mote

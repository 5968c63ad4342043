// Addition for cores with the vector extension, four values at a time; exact for every package that
// the host makes, as ops/nn/add/add_s8_armv7em.hpp says.
//
// Operands: those of add.hpp.
#pragma once

#include "core/mve.hpp"
#include "ops/nn/add/add.hpp"

namespace mote {

// requantise(x); shift in [-30, 0].
MOTE_INLINE MveI32 add_mve_requantise(MveI32 x, int32_t multiplier, int32_t shift) {
  const MveI32 high = mve_high_product(x, multiplier);
  if (shift == 0) return high;
  const auto half = static_cast<int32_t>(1u << ((-shift - 1) & 31));
  return mve_shift(mve_add(mve_add(high, mve_sign(x)), half), shift);
}

template <class P>
MOTE_INLINE void add_mve_four(const P& p, const int8_t* a, const int8_t* b, int8_t* y) {
  constexpr int32_t scale = 1 << add_extra_bits;
  const MveI32 wide_a = mve_multiply(mve_add(mve_load_wide(a), -p.a_zero), scale);
  const MveI32 wide_b = mve_multiply(mve_add(mve_load_wide(b), -p.b_zero), scale);
  const MveI32 left = add_mve_requantise(wide_a, p.a_multiplier, p.a_shift);
  const MveI32 right = add_mve_requantise(wide_b, p.b_multiplier, p.b_shift);
  const MveI32 sum = add_mve_requantise(mve_add(left, right), p.output_multiplier, p.output_shift);
  mve_store_narrow(y, mve_clamp(mve_add(sum, p.output_zero), mve_all_i32(p.activation_min),
                                mve_all_i32(p.activation_max)));
}

template <class P>
void add_s8_mve(const P& p, void* const* operands) {
  const auto* a = static_cast<const int8_t*>(operands[0]);
  const auto* const b = static_cast<const int8_t*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);
  const int32_t fours = p.b_count & ~3;
  for (int32_t begin = 0; begin < p.count; begin += p.b_count) {
    for (int32_t i = 0; i < fours; i += 4) add_mve_four(p, a + i, b + i, y + i);
    if (fours < p.b_count) {
      int8_t last_a[4] = {}, last_b[4] = {}, last_y[4];
      const int32_t left = p.b_count - fours;
      mve_copy(last_a, a + fours, left);
      mve_copy(last_b, b + fours, left);
      add_mve_four(p, last_a, last_b, last_y);
      mve_copy(y + fours, last_y, left);
    }
    a += p.b_count;
    y += p.b_count;
  }
}

}  // namespace mote

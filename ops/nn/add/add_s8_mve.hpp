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
  return shift == 0 ? high : mve_rounding_shift_right(mve_add(high, mve_sign(x)), -shift);
}

// requantise(2^add_extra_bits * (x - zero)).
MOTE_INLINE MveI32 add_mve_input(const int8_t* from, int32_t zero, int32_t multiplier,
                                 int32_t shift) {
  // The input with the larger scale is halved, which needs no product.
  const bool halved = multiplier == 1 << 30 && shift == 0;
  const int32_t scale = 1 << (halved ? add_extra_bits - 1 : add_extra_bits);
  const MveI32 wide = mve_multiply_add(mve_load_wide(from), mve_all_i32(scale), -zero * scale);
  return halved ? wide : add_mve_requantise(wide, multiplier, shift);
}

template <class P>
MOTE_INLINE void add_mve_four(const P& p, const int8_t* a, const int8_t* b, int8_t* y) {
  const MveI32 left = add_mve_input(a, p.a_zero, p.a_multiplier, p.a_shift);
  const MveI32 right = add_mve_input(b, p.b_zero, p.b_multiplier, p.b_shift);
  const MveI32 sum = add_mve_requantise(mve_add(left, right), p.output_multiplier, p.output_shift);
  mve_store_narrow(y, mve_clamp(mve_add(sum, p.output_zero), mve_all_i32(p.activation_min),
                                mve_all_i32(p.activation_max)));
}

template <class P>
void add_s8_mve(const P& p, void* const* operands) {
  const auto* a = static_cast<const int8_t*>(operands[0]);
  const auto* const b = static_cast<const int8_t*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);
  const int32_t left = p.b_count & 3;
  for (int32_t begin = 0; begin < p.count; begin += p.b_count) {
    const int8_t* from = b;
    for (const int8_t* const end = a + (p.b_count - left); a != end; a += 4, from += 4, y += 4) {
      add_mve_four(p, a, from, y);
    }
    if (left == 0) continue;
    int8_t last_a[4] = {}, last_b[4] = {}, last_y[4];
    mve_copy(last_a, a, left);
    mve_copy(last_b, from, left);
    add_mve_four(p, last_a, last_b, last_y);
    mve_copy(y, last_y, left);
    a += left;
    y += left;
  }
}

}  // namespace mote

// Element-wise addition, int8 as TensorFlow Lite defines it (reference_integer_ops::Add).
//
//   y[i] = clamp(requantise(requantise(a[i] - a_zero) + requantise(b[i mod b_count] - b_zero)))
//
// Both inputs are brought to twice the larger of their scales with 20 extra bits, added, and
// brought to y's scale; each of the three steps is core/fixed_point.hpp's double rounding.
//
// Operands:
//   0  a: int8 [count]
//   1  b: int8 [b_count], repeated along a
//   2  y: int8 [count]; may be a, and b where b_count is count
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_ADD_PARAMS(F)                                \
  F(int32_t, count)             /* >= 1 */                \
  F(int32_t, b_count)           /* >= 1, divides count */ \
  F(int32_t, a_zero)            /* zero point of a */     \
  F(int32_t, b_zero)            /* zero point of b */     \
  F(int32_t, output_zero)       /* zero point of y */     \
  F(int32_t, a_multiplier)      /* Q31 */                 \
  F(int32_t, a_shift)           /* [-31, 0] */            \
  F(int32_t, b_multiplier)      /* Q31 */                 \
  F(int32_t, b_shift)           /* [-31, 0] */            \
  F(int32_t, output_multiplier) /* Q31 */                 \
  F(int32_t, output_shift)      /* [-31, 0] */            \
  F(int32_t, activation_min)    /* clamp, [-128, 127] */  \
  F(int32_t, activation_max)    /* clamp, [activation_min, 127] */
MOTE_PARAMS(AddParams, MOTE_ADD_PARAMS)
#undef MOTE_ADD_PARAMS

constexpr int32_t add_extra_bits = 20;

inline Status add_check(const AddParams& p, const uint32_t* bytes) {
  if (p.count < 1 || p.b_count < 1 || p.count % p.b_count != 0) return Status::bad_params;
  const bool fits = extent(p.count, 1) <= bytes[0] && extent(p.b_count, 1) <= bytes[1] &&
                    extent(p.count, 1) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

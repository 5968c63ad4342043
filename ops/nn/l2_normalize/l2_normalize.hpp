// Vectors of length 1.
//
//   y[r, i] = x[r, i] / sqrt(sum_k x[r, k]^2)
//
// In float the root is 10^-6 at least. In int8 as TensorFlow Lite defines it
// (reference_integer_ops::L2Normalization): y has scale 1/128 and zero point 0, the root's
// reciprocal is core/fixed_inverse_sqrt.hpp's, sums wrap around.
//
// Operands:
//   0  x: int8 or float [rows, columns]
//   1  y: int8 or float [rows, columns]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_L2_NORMALIZE_PARAMS(F) \
  F(int32_t, rows)    /* >= 1 */    \
  F(int32_t, columns) /* >= 1 */    \
  F(int32_t, x_zero)  /* zero point of int8 x */
MOTE_PARAMS(L2NormalizeParams, MOTE_L2_NORMALIZE_PARAMS)
#undef MOTE_L2_NORMALIZE_PARAMS

template <int32_t element>
inline Status l2_normalize_check(const L2NormalizeParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.columns < 1) return Status::bad_params;
  const uint32_t size = extent(p.rows, p.columns, element);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}
inline Status l2_normalize_s8_check(const L2NormalizeParams& p, const uint32_t* bytes) {
  return l2_normalize_check<1>(p, bytes);
}
inline Status l2_normalize_f32_check(const L2NormalizeParams& p, const uint32_t* bytes) {
  return l2_normalize_check<4>(p, bytes);
}

}  // namespace mote

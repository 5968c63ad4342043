// Fully connected layer, int8 as TensorFlow Lite defines it.
//
//   y[r, o] = clamp(requantise(bias'[o] + sum_i w[o, i] * x[r, i], multiplier[o], shift[o]) + zero)
//
// bias'[o] = bias[o] - x_zero_point * sum_i w[o, i] is folded by the host, so the kernel multiplies
// stored values. requantise is core/fixed_point.hpp's double rounding.
//
// Operands:
//   0  x: int8 [rows, in]
//   1  weights: int8, in the variant's own order; reference: [out, in]
//   2  bias': int32 [out]
//   3  multiplier: int32 [out], Q31 in [2^30, 2^31) or 0
//   4  shift: int32 [out], in [-31, 30], positive is left
//   5  y: int8 [rows, out]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_FULLY_CONNECTED_PARAMS(F)                          \
  F(int32_t, rows)           /* input vectors, >= 1 */          \
  F(int32_t, in)             /* values in each, >= 1 */         \
  F(int32_t, out)            /* outputs of each, >= 1 */        \
  F(int32_t, output_zero)    /* zero point of y, [-128, 127] */ \
  F(int32_t, activation_min) /* clamp, [-128, 127] */           \
  F(int32_t, activation_max) /* clamp, [activation_min, 127] */
MOTE_PARAMS(FullyConnectedParams, MOTE_FULLY_CONNECTED_PARAMS)
#undef MOTE_FULLY_CONNECTED_PARAMS

inline Status fully_connected_check(const FullyConnectedParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.in < 1 || p.out < 1) return Status::bad_params;
  const bool fits = extent(p.rows, p.in) <= bytes[0] && extent(p.in, p.out) <= bytes[1] &&
                    extent(p.out, 4) <= bytes[2] && extent(p.out, 4) <= bytes[3] &&
                    extent(p.out, 4) <= bytes[4] && extent(p.rows, p.out) <= bytes[5];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

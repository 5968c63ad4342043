// Rectifier, int8 as TensorFlow Lite for Microcontrollers defines it (ReluQuantized).
//
//   y[i] = clamp(requantise(x[i] - x_zero, multiplier, shift) + output_zero, low, 127)
//
// requantise is core/fixed_point.hpp's double rounding; low is y's zero point.
//
// Operands:
//   0  x: int8 [count]
//   1  y: int8 [count]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_RELU_PARAMS(F)                                     \
  F(int32_t, count)       /* >= 1 */                            \
  F(int32_t, x_zero)      /* zero point of x, [-128, 127] */    \
  F(int32_t, multiplier)  /* Q31: scale of x over scale of y */ \
  F(int32_t, shift)       /* [-31, 30], positive is left */     \
  F(int32_t, output_zero) /* zero point of y, [-128, 127] */    \
  F(int32_t, low)         /* smallest result, [-128, 127] */    \
  F(int32_t, high)        /* largest result, [low, 127] */
MOTE_PARAMS(ReluParams, MOTE_RELU_PARAMS)
#undef MOTE_RELU_PARAMS

inline Status relu_check(const ReluParams& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 1);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

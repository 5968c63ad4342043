// Rectifier with a slope below zero, int16 as TensorFlow Lite defines it (QuantizeLeakyRelu).
//
//   y[i] = clamp(requantise(x[i] - x_zero) + zero_point)
//
// with one multiplier for values from x_zero on and one for those below.
//
// Operands:
//   0  x: int16 [count]
//   1  y: int16 [count]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_LEAKY_RELU_PARAMS(F)                                       \
  F(int32_t, count)            /* >= 1 */                               \
  F(int32_t, x_zero)           /* zero point of x */                    \
  F(int32_t, zero_point)       /* of y */                               \
  F(int32_t, multiplier_above) /* Q31 */                                \
  F(int32_t, shift_above)      /* [-31, 30] */                          \
  F(int32_t, multiplier_below) /* Q31, negative for a negative slope */ \
  F(int32_t, shift_below)
MOTE_PARAMS(LeakyReluParams, MOTE_LEAKY_RELU_PARAMS)
#undef MOTE_LEAKY_RELU_PARAMS

inline Status leaky_relu_check(const LeakyReluParams& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 2);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Rectifier with an upper end, int8 as TensorFlow Lite for Microcontrollers defines it
// (Relu6Quantized).
//
//   y[i] = clamp(x[i], low, high)     low, high: 0 and 6 in x's quantisation, which y shares
//
// Operands:
//   0  x: int8 [count]
//   1  y: int8 [count]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_RELU6_PARAMS(F)                    \
  F(int32_t, count) /* >= 1 */                  \
  F(int32_t, low)   /* smallest, [-128, 127] */ \
  F(int32_t, high)  /* largest, [low, 127] */
MOTE_PARAMS(Relu6Params, MOTE_RELU6_PARAMS)
#undef MOTE_RELU6_PARAMS

inline Status relu6_check(const Relu6Params& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 1);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

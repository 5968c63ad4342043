// Logistic function and tanh of int16 by interpolation in one table, as TensorFlow Lite defines
// them (reference_integer_ops::Logistic and Tanh); core/fixed_sigmoid.hpp.
//
//   y[i] = f((x[i] * multiplier + 2^(shift - 1)) >> shift)     y in Q0.15
//
// Operands:
//   0  x: int16 [count]
//   1  table: uint16 [sigmoid_entries]
//   2  y: int16 [count]; may be x
#pragma once

#include "core/fixed_sigmoid.hpp"
#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGMOID_PARAMS(F)                                            \
  F(int32_t, count)      /* >= 1 */                                       \
  F(int32_t, tanh)       /* 0: logistic function, 1: tanh */              \
  F(int32_t, multiplier) /* [0, 2^15]: from x's step to 1 / (3 * 4096) */ \
  F(int32_t, shift)      /* [0, 31] */
MOTE_PARAMS(SigmoidParams, MOTE_SIGMOID_PARAMS)
#undef MOTE_SIGMOID_PARAMS

inline Status sigmoid_s16_check(const SigmoidParams& p, const uint32_t* bytes) {
  const bool good =
      p.count >= 1 && p.multiplier >= 0 && p.multiplier <= 1 << 15 && p.shift >= 0 && p.shift <= 31;
  if (!good) return Status::bad_params;
  const uint32_t size = extent(p.count, 2);
  const bool fits = size <= bytes[0] && extent(sigmoid_entries, 2) <= bytes[1] && size <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

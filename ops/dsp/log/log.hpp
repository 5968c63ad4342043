// Natural logarithm above a floor.
//
//   y[i] = ln(max(x[i], floor))
//
// Operands:
//   0  x: float32 [count]
//   1  y: float32 [count], may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_LOG_PARAMS(F)     \
  F(int32_t, count) /* >= 1 */ \
  F(float, floor)   /* > 0; what is smaller, or NaN, counts as this */
MOTE_PARAMS(LogParams, MOTE_LOG_PARAMS)
#undef MOTE_LOG_PARAMS

inline Status log_check(const LogParams& p, const uint32_t* bytes) {
  if (p.count < 1 || !(p.floor > 0.0f)) return Status::bad_params;
  const bool fits = extent(p.count, 4) <= bytes[0] && extent(p.count, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

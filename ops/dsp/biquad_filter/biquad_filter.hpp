// Cascade of second-order recursive filters along each axis, optionally rectified (the first step
// of an envelope).
//
//   y[:, a] = filtered x[:, a], or its absolute value
//
// core/signal/biquad.hpp has the recurrence and its start.
//
// Operands:
//   0  x: float32 [length, axes]
//   1  coefficients: float32 [sections, 6]
//   2  y: float32 [length, axes], may be x
#pragma once

#include "core/kernel.hpp"
#include "core/signal/biquad.hpp"

namespace mote {

#define MOTE_BIQUAD_FILTER_PARAMS(F)                \
  F(int32_t, length)   /* samples per axis, >= 1 */ \
  F(int32_t, axes)     /* >= 1 */                   \
  F(int32_t, sections) /* [1, 16] */                \
  F(int32_t, rectify)  /* 0 or 1 */
MOTE_PARAMS(BiquadFilterParams, MOTE_BIQUAD_FILTER_PARAMS)
#undef MOTE_BIQUAD_FILTER_PARAMS

inline Status biquad_filter_check(const BiquadFilterParams& p, const uint32_t* bytes) {
  if (p.length < 1 || p.axes < 1 || p.sections < 1 || p.sections > 16) return Status::bad_params;
  const bool fits = extent(p.length, p.axes, 4) <= bytes[0] &&
                    extent(p.sections, signal::biquad_coefficients, 4) <= bytes[1] &&
                    extent(p.length, p.axes, 4) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

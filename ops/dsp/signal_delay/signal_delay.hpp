// Each signal some samples later, as tflite-micro's SignalDelay.
//
//   y[o, :] = the first `samples` of (held[o, :], x[o, :]);   held[o, :] <- the last `delay` of
//   them
//
// Operands:
//   0  x: int16 [outer, samples]
//   1  held: int16 [outer, delay], kept from call to call
//   2  y: int16 [outer, samples]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_DELAY_PARAMS(F)          \
  F(int32_t, outer)   /* signals, >= 1 */    \
  F(int32_t, samples) /* of a frame, >= 1 */ \
  F(int32_t, delay)   /* samples, >= 0 */
MOTE_PARAMS(SignalDelayParams, MOTE_SIGNAL_DELAY_PARAMS)
#undef MOTE_SIGNAL_DELAY_PARAMS

inline Status signal_delay_check(const SignalDelayParams& p, const uint32_t* bytes) {
  if (p.outer < 1 || p.samples < 1 || p.delay < 0) return Status::bad_params;
  const uint32_t size = extent(p.outer, p.samples, 2), held = extent(p.outer, p.delay, 2);
  const bool fits = size <= bytes[0] && held <= bytes[1] && size <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

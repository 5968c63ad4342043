// Window on int16 samples, as tflite-micro's SignalWindow.
//
//   y[f, i] = clamp(x[f, i] * window[i] >> shift)
//
// Operands:
//   0  x: int16 [frames, length]
//   1  window: int16 [length]
//   2  y: int16 [frames, length]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_WINDOW_PARAMS(F) \
  F(int32_t, frames) /* >= 1 */      \
  F(int32_t, length) /* >= 1 */      \
  F(int32_t, shift)  /* [0, 31] */
MOTE_PARAMS(SignalWindowParams, MOTE_SIGNAL_WINDOW_PARAMS)
#undef MOTE_SIGNAL_WINDOW_PARAMS

inline Status signal_window_check(const SignalWindowParams& p, const uint32_t* bytes) {
  if (p.frames < 1 || p.length < 1 || p.shift < 0 || p.shift > 31) return Status::bad_params;
  const uint32_t size = extent(p.frames, p.length, 2);
  const bool fits = size <= bytes[0] && extent(p.length, 2) <= bytes[1] && size <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Overlapping frames of a signal, as tflite-micro's SignalFramer.
//
// Every frame_step samples of x complete a frame of the last frame_size samples. Until there are so
// many, frames are zeros and `valid` is 0.
//
// Operands:
//   0  x: int16 [outer, frames * frame_step]
//   1  state: int16 [outer, signal_framer_state(p)], kept from call to call: samples, and as last
//        word how many there are besides those of prefill
//   2  y: int16 [outer, frames, frame_size]
//   3  valid: boolean [1]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_FRAMER_PARAMS(F)                                   \
  F(int32_t, outer)      /* signals, >= 1 */                           \
  F(int32_t, frames)     /* that one call makes, >= 1 */               \
  F(int32_t, frame_size) /* samples, [1, 2^20] */                      \
  F(int32_t, frame_step) /* samples between frames, [1, frame_size] */ \
  F(int32_t, prefill)    /* 1: frame_size - frame_step zeros come first */
MOTE_PARAMS(SignalFramerParams, MOTE_SIGNAL_FRAMER_PARAMS)
#undef MOTE_SIGNAL_FRAMER_PARAMS

// Words of one signal's state: samples up to a whole number of steps, and two that count.
template <class P>
constexpr int32_t signal_framer_state(const P& p) {
  return (p.frame_size + p.frame_step - 1) / p.frame_step * p.frame_step + 2;
}

inline Status signal_framer_check(const SignalFramerParams& p, const uint32_t* bytes) {
  const bool good = p.outer >= 1 && p.frames >= 1 && p.frame_size >= 1 && p.frame_size <= 1 << 20 &&
                    p.frame_step >= 1 && p.frame_step <= p.frame_size;
  if (!good) return Status::bad_params;
  const bool fits = extent(p.outer, p.frames, p.frame_step, 2) <= bytes[0] &&
                    extent(p.outer, signal_framer_state(p), 2) <= bytes[1] &&
                    extent(p.outer, p.frames, p.frame_size, 2) <= bytes[2] && 1 <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

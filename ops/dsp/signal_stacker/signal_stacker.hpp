// Frames with their neighbours, as tflite-micro's SignalStacker.
//
// Every `step` frames left + right + 1 of them, oldest first, are put together. The first frame
// counts left + 1 times. Between stacks y is zeros and `valid` is 0.
//
// Operands:
//   0  x: int16 [channels]
//   1  state: int16 [(left + right + 1) * channels + 2], kept from call to call: frames, then how
//        many of them there are, and 1 after the first call
//   2  y: int16 [(left + right + 1) * channels]
//   3  valid: boolean [1]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_STACKER_PARAMS(F)                            \
  F(int32_t, channels) /* of a frame, [1, 2^15] */               \
  F(int32_t, left)     /* frames of context before, [0, 2^10] */ \
  F(int32_t, right)    /* frames of context after, [0, 2^10] */  \
  F(int32_t, step)     /* frames between stacks, [1, left + right + 1] */
MOTE_PARAMS(SignalStackerParams, MOTE_SIGNAL_STACKER_PARAMS)
#undef MOTE_SIGNAL_STACKER_PARAMS

inline Status signal_stacker_check(const SignalStackerParams& p, const uint32_t* bytes) {
  constexpr int32_t context_max = 1 << 10;
  const bool good = p.channels >= 1 && p.channels <= 1 << 15 && p.left >= 0 &&
                    p.left <= context_max && p.right >= 0 && p.right <= context_max &&
                    p.step >= 1 && p.step <= p.left + p.right + 1;
  if (!good) return Status::bad_params;
  const int32_t stacked = (p.left + p.right + 1) * p.channels;
  const bool fits = extent(p.channels, 2) <= bytes[0] && extent(stacked + 2, 2) <= bytes[1] &&
                    extent(stacked, 2) <= bytes[2] && 1 <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

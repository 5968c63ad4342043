// A signal from overlapping frames, as tflite-micro's SignalOverlapAdd: frames are added where they
// overlap. int16 saturates.
//
// Operands:
//   0  x: int16 or float [outer, frames, frame_size]
//   1  tail: of x's type [outer, frame_size], kept from call to call
//   2  y: of x's type [outer, frames * frame_step]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_OVERLAP_ADD_PARAMS(F)      \
  F(int32_t, outer)      /* signals, >= 1 */   \
  F(int32_t, frames)     /* of a call, >= 1 */ \
  F(int32_t, frame_size) /* samples, >= 1 */   \
  F(int32_t, frame_step) /* samples of y per frame, [1, frame_size] */
MOTE_PARAMS(SignalOverlapAddParams, MOTE_SIGNAL_OVERLAP_ADD_PARAMS)
#undef MOTE_SIGNAL_OVERLAP_ADD_PARAMS

template <int32_t element>
inline Status signal_overlap_add_check(const SignalOverlapAddParams& p, const uint32_t* bytes) {
  const bool good = p.outer >= 1 && p.frames >= 1 && p.frame_size >= 1 && p.frame_step >= 1 &&
                    p.frame_step <= p.frame_size;
  if (!good) return Status::bad_params;
  const bool fits = extent(p.outer, p.frames, p.frame_size, element) <= bytes[0] &&
                    extent(p.outer, p.frame_size, element) <= bytes[1] &&
                    extent(p.outer, p.frames, p.frame_step, element) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status signal_overlap_add_s16_check(const SignalOverlapAddParams& p, const uint32_t* bytes) {
  return signal_overlap_add_check<2>(p, bytes);
}
inline Status signal_overlap_add_f32_check(const SignalOverlapAddParams& p, const uint32_t* bytes) {
  return signal_overlap_add_check<4>(p, bytes);
}

// add(tail, x): their sum as it is kept.
template <class T, class P, class Add>
MOTE_INLINE void signal_overlap_add_walk(const P& p, void* const* operands, Add&& add) {
  const auto* x = static_cast<const T*>(operands[0]);
  auto* tail = static_cast<T*>(operands[1]);
  auto* y = static_cast<T*>(operands[2]);
  const int32_t kept = p.frame_size - p.frame_step;
  for (int32_t o = 0; o < p.outer; ++o, tail += p.frame_size) {
    for (int32_t f = 0; f < p.frames; ++f, x += p.frame_size, y += p.frame_step) {
      for (int32_t i = 0; i < p.frame_size; ++i) tail[i] = add(tail[i], x[i]);
      for (int32_t i = 0; i < p.frame_step; ++i) y[i] = tail[i];
      for (int32_t i = 0; i < kept; ++i) tail[i] = tail[i + p.frame_step];
      for (int32_t i = kept; i < p.frame_size; ++i) tail[i] = T{0};
    }
  }
}

}  // namespace mote

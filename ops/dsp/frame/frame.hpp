// Overlapping frames of one axis, windowed and padded with zeros for an FFT.
//
//   y[f, i] = window[i] * (e[f * hop + i] - mean_f);  e[n] = x[n, axis] - pre_emphasis * x[n-1,
//   axis]
//
// for i < frame_length, 0 up to fft_length; x[-1] = x[0]; mean_f is the frame's mean of e, or 0.
//
// Operands:
//   0  x: int16 or float32 [length, axes]
//   1  window: float32 [frame_length]; holds any scale
//   2  y: float32 [frames, fft_length], frames = 1 + (length - frame_length) / hop
#pragma once

#include "core/kernel.hpp"
#include "core/signal/frame.hpp"

namespace mote {

#define MOTE_FRAME_PARAMS(F)                                  \
  F(int32_t, length)       /* samples per axis */             \
  F(int32_t, axes)         /* >= 1 */                         \
  F(int32_t, axis)         /* [0, axes) */                    \
  F(int32_t, frame_length) /* [1, length] */                  \
  F(int32_t, hop)          /* samples between frames, >= 1 */ \
  F(int32_t, fft_length)   /* >= frame_length */              \
  F(int32_t, remove_mean)  /* 0 or 1 */                       \
  F(float, pre_emphasis)   /* [0, 1) */
MOTE_PARAMS(FrameParams, MOTE_FRAME_PARAMS)
#undef MOTE_FRAME_PARAMS

// Sample: int16_t or float.
template <class Sample>
Status frame_check(const FrameParams& p, const uint32_t* bytes) {
  const bool sane = p.length >= 1 && p.axes >= 1 && p.axis >= 0 && p.axis < p.axes &&
                    p.frame_length >= 1 && p.frame_length <= p.length && p.hop >= 1 &&
                    p.fft_length >= p.frame_length;
  if (!sane) return Status::bad_params;
  const int32_t frames = signal::frame_count(p.length, p.frame_length, p.hop);
  const bool fits = extent(p.length, p.axes, static_cast<int32_t>(sizeof(Sample))) <= bytes[0] &&
                    extent(p.frame_length, 4) <= bytes[1] &&
                    extent(frames, p.fft_length, 4) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status frame_s16_check(const FrameParams& p, const uint32_t* bytes) {
  return frame_check<int16_t>(p, bytes);
}
inline Status frame_f32_check(const FrameParams& p, const uint32_t* bytes) {
  return frame_check<float>(p, bytes);
}

template <class Sample, class P>
void frame_all(const P& p, void* const* operands) {
  const auto* x = static_cast<const Sample*>(operands[0]) + p.axis;
  const auto* window = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  const signal::FrameShape shape{p.axes, p.frame_length, p.fft_length, p.pre_emphasis,
                                 p.remove_mean != 0};
  const int32_t frames = signal::frame_count(p.length, p.frame_length, p.hop);
  for (int32_t f = 0; f < frames; ++f) {
    const Sample* first = x + f * p.hop * p.axes;
    signal::load_frame(first, f == 0 ? first : first - p.axes, shape, window, y);
    y += p.fft_length;
  }
}

}  // namespace mote

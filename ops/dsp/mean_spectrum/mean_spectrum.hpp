// Power spectrum of each axis, averaged over overlapping frames.
//
//   y[a, k] = 1 / frames * sum_f |X_f,a[k]|^2,  X_f,a: real FFT of the windowed frame, mean removed
//
// P. Welch, "The use of fast Fourier transform for the estimation of power spectra", 1967.
//
// Operands:
//   0  x: float32 [length, axes]
//   1  window: float32 [frame_length]
//   2  sine: float32 [fft_length / 4 + 1]
//   3  y: float32 [axes, fft_length / 2 + 1]
//   4  scratch: float32 [fft_length + 2]
#pragma once

#include "core/kernel.hpp"
#include "core/signal/fft.hpp"
#include "core/signal/frame.hpp"

namespace mote {

#define MOTE_MEAN_SPECTRUM_PARAMS(F)                           \
  F(int32_t, length)       /* samples per axis */              \
  F(int32_t, axes)         /* >= 1 */                          \
  F(int32_t, frame_length) /* [1, length] */                   \
  F(int32_t, hop)          /* samples between frames, >= 1 */  \
  F(int32_t, fft_length)   /* power of two, >= frame_length */ \
  F(int32_t, remove_mean)  /* of each frame, 0 or 1 */
MOTE_PARAMS(MeanSpectrumParams, MOTE_MEAN_SPECTRUM_PARAMS)
#undef MOTE_MEAN_SPECTRUM_PARAMS

inline Status mean_spectrum_check(const MeanSpectrumParams& p, const uint32_t* bytes) {
  const bool sane = p.length >= 1 && p.axes >= 1 && p.frame_length >= 1 &&
                    p.frame_length <= p.length && p.hop >= 1 &&
                    signal::is_fft_length(p.fft_length) && p.fft_length >= p.frame_length;
  if (!sane) return Status::bad_params;
  const bool fits = extent(p.length, p.axes, 4) <= bytes[0] &&
                    extent(p.frame_length, 4) <= bytes[1] &&
                    extent(signal::sine_entries(p.fft_length), 4) <= bytes[2] &&
                    extent(p.axes, p.fft_length / 2 + 1, 4) <= bytes[3] &&
                    extent(p.fft_length + 2, 4) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

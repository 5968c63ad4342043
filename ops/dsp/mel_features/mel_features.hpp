// Log mel energies (MFE) or cepstral coefficients (MFCC) of sensor counts, frame by frame: the
// chain frame, rfft, power_spectrum, filterbank, log, dct with no more memory than one frame.
//
//   y[f, c, a] = c-th of log(mel bands of frame f of axis a), or of their DCT
//
// Operands:
//   0  x: int16 [length, axes]
//   1  window: float32 [frame_length], with the scale of counts
//   2  sine: float32 [fft_length / 4 + 1]
//   3  ranges: int32 [bands, 2]
//   4  weights: float32 [weight_count]
//   5  table: float32 [coefficients, bands] of the DCT; any size when coefficients is 0
//   6  y: float32 [frames, coefficients or bands, axes], frames = 1 + (length - frame_length) / hop
//   7  scratch: float32 [fft_length + 2 + bands]
#pragma once

#include "core/kernel.hpp"
#include "core/signal/fft.hpp"
#include "core/signal/frame.hpp"

namespace mote {

#define MOTE_MEL_FEATURES_PARAMS(F)                            \
  F(int32_t, length)       /* samples per axis */              \
  F(int32_t, axes)         /* >= 1 */                          \
  F(int32_t, frame_length) /* [1, length] */                   \
  F(int32_t, hop)          /* samples between frames, >= 1 */  \
  F(int32_t, fft_length)   /* power of two, >= frame_length */ \
  F(int32_t, bands)        /* [1, 256] */                      \
  F(int32_t, weight_count) /* >= 1 */                          \
  F(int32_t, coefficients) /* [0, bands]; 0: no DCT */         \
  F(float, pre_emphasis)   /* [0, 1) */                        \
  F(float, floor)          /* > 0, of band energies */
MOTE_PARAMS(MelFeaturesParams, MOTE_MEL_FEATURES_PARAMS)
#undef MOTE_MEL_FEATURES_PARAMS

inline Status mel_features_check(const MelFeaturesParams& p, const uint32_t* bytes) {
  const bool sane = p.length >= 1 && p.axes >= 1 && p.frame_length >= 1 &&
                    p.frame_length <= p.length && p.hop >= 1 &&
                    signal::is_fft_length(p.fft_length) && p.fft_length >= p.frame_length &&
                    p.bands >= 1 && p.bands <= 256 && p.weight_count >= 1 && p.coefficients >= 0 &&
                    p.coefficients <= p.bands && p.floor > 0.0f;
  if (!sane) return Status::bad_params;
  const int32_t frames = signal::frame_count(p.length, p.frame_length, p.hop);
  const int32_t values = p.coefficients > 0 ? p.coefficients : p.bands;
  const bool fits =
      extent(p.length, p.axes, 2) <= bytes[0] && extent(p.frame_length, 4) <= bytes[1] &&
      extent(signal::sine_entries(p.fft_length), 4) <= bytes[2] && extent(p.bands, 8) <= bytes[3] &&
      extent(p.weight_count, 4) <= bytes[4] && extent(p.coefficients, p.bands, 4) <= bytes[5] &&
      extent(extent(frames, values) > INT32_MAX ? -1 : frames * values, p.axes, 4) <= bytes[6] &&
      extent(p.fft_length + 2 + p.bands, 4) <= bytes[7];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

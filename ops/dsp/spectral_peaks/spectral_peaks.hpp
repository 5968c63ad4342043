// The largest local maxima of each spectrum.
//
//   y[r, 2 p] = frequency and y[r, 2 p + 1] = value of the p-th largest maximum of x[r, :]
//
// core/signal/peaks.hpp defines order, interpolation and what stands for missing maxima.
//
// Operands:
//   0  x: float32 [rows, bins]
//   1  y: float32 [rows, 2 * peaks]
#pragma once

#include "core/kernel.hpp"
#include "core/signal/peaks.hpp"

namespace mote {

#define MOTE_SPECTRAL_PEAKS_PARAMS(F) \
  F(int32_t, rows)    /* >= 1 */      \
  F(int32_t, bins)    /* >= 3 */      \
  F(int32_t, peaks)   /* [1, 16] */   \
  F(float, bin_width) /* of the frequency axis, in its unit */
MOTE_PARAMS(SpectralPeaksParams, MOTE_SPECTRAL_PEAKS_PARAMS)
#undef MOTE_SPECTRAL_PEAKS_PARAMS

inline Status spectral_peaks_check(const SpectralPeaksParams& p, const uint32_t* bytes) {
  const bool sane = p.rows >= 1 && p.bins >= 3 && p.peaks >= 1 && p.peaks <= signal::peaks_max;
  if (!sane) return Status::bad_params;
  const bool fits = extent(p.rows, p.bins, 4) <= bytes[0] && extent(p.rows, p.peaks, 8) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

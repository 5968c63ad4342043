// Spectrum of real frames.
//
//   y[f, k] = sum_i x[f, i] e^(-2 pi i k / n),  k = 0 to n / 2, as pairs (re, im)
//
// Operands:
//   0  x: float32 [frames, n]
//   1  sine: float32 [n / 4 + 1], sin(2 pi j / n)
//   2  y: float32 [frames, n + 2]
#pragma once

#include "core/kernel.hpp"
#include "core/signal/fft.hpp"

namespace mote {

#define MOTE_RFFT_PARAMS(F)     \
  F(int32_t, frames) /* >= 1 */ \
  F(int32_t, n)      /* power of two, 16 to 16384 */
MOTE_PARAMS(RfftParams, MOTE_RFFT_PARAMS)
#undef MOTE_RFFT_PARAMS

inline Status rfft_check(const RfftParams& p, const uint32_t* bytes) {
  if (p.frames < 1 || !signal::is_fft_length(p.n)) return Status::bad_params;
  const bool fits = extent(p.frames, p.n, 4) <= bytes[0] &&
                    extent(signal::sine_entries(p.n), 4) <= bytes[1] &&
                    extent(p.frames, p.n + 2, 4) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Power of spectrum bins.
//
//   y[f, k] = re[f, k]^2 + im[f, k]^2
//
// Operands:
//   0  x: float32 [frames, 2 * bins], pairs (re, im)
//   1  y: float32 [frames, bins]
#pragma once

#include "core/kernel.hpp"
#include "core/signal/fft.hpp"

namespace mote {

#define MOTE_POWER_SPECTRUM_PARAMS(F) \
  F(int32_t, frames) /* >= 1 */       \
  F(int32_t, bins)   /* >= 1 */
MOTE_PARAMS(PowerSpectrumParams, MOTE_POWER_SPECTRUM_PARAMS)
#undef MOTE_POWER_SPECTRUM_PARAMS

inline Status power_spectrum_check(const PowerSpectrumParams& p, const uint32_t* bytes) {
  if (p.frames < 1 || p.bins < 1) return Status::bad_params;
  const bool fits =
      extent(p.frames, p.bins, 8) <= bytes[0] && extent(p.frames, p.bins, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Takes a slow estimate of the noise off each channel, as tflite-micro's
// SignalFilterBankSpectralSubtraction.
//
//   s = x[c] << smoothing_bits
//   noise[c] <- (s * smoothing + noise[c] * one_minus_smoothing) >> spectral_subtraction_bits
//   y[c] = max((s - min(noise[c], s)) >> smoothing_bits,
//              x[c] * min_signal_remaining >> spectral_subtraction_bits)
//
// Operands:
//   0  x: uint32 [count]
//   1  noise: uint32 [count], kept from call to call
//   2  y: uint32 [count]
//   3  estimate: uint32 [count], a copy of noise
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_SPECTRAL_SUBTRACTION_PARAMS(F)      \
  F(int32_t, count)     /* >= 1 */                      \
  F(int32_t, smoothing) /* of even channels */          \
  F(int32_t, one_minus_smoothing)                       \
  F(int32_t, alternate_smoothing) /* of odd channels */ \
  F(int32_t, alternate_one_minus_smoothing)             \
  F(int32_t, smoothing_bits)            /* [0, 31] */   \
  F(int32_t, spectral_subtraction_bits) /* [0, 31] */   \
  F(int32_t, min_signal_remaining)                      \
  F(int32_t, clamping) /* 1: the estimate never exceeds the signal */
MOTE_PARAMS(SignalSpectralSubtractionParams, MOTE_SIGNAL_SPECTRAL_SUBTRACTION_PARAMS)
#undef MOTE_SIGNAL_SPECTRAL_SUBTRACTION_PARAMS

inline Status signal_spectral_subtraction_check(const SignalSpectralSubtractionParams& p,
                                                const uint32_t* bytes) {
  if (p.count < 1 || p.smoothing_bits < 0 || p.smoothing_bits > 31 ||
      p.spectral_subtraction_bits < 0 || p.spectral_subtraction_bits > 31) {
    return Status::bad_params;
  }
  const uint32_t size = extent(p.count, 4);
  const bool fits = size <= bytes[0] && size <= bytes[1] && size <= bytes[2] && size <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Real samples from their spectrum in fixed point, as tflite-micro's SignalIrfft, which is KISS
// FFT's 16-bit inverse: core/signal/complex16.hpp.
//
//   y[f, i] = 1 / length * sum_k x[f, k] e^(2 pi i k / length),  x[length - k] = conj(x[k])
//
// Operands:
//   0  x: int16 [frames, half + 1, 2], pairs (re, im), half = length / 2
//   1  twiddles: int16 [half, 2], e^(2 pi i k / half) in Q0.15
//   2  super: int16 [half / 2, 2], e^(pi i ((k + 1) / half + 1 / 2)) in Q0.15
//   3  y: int16 [frames, length]
//   4  buffer: int16 [length], scratch
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_IRFFT_PARAMS(F) \
  F(int32_t, frames) /* >= 1 */     \
  F(int32_t, length) /* a power of two, [4, 2^14] */
MOTE_PARAMS(SignalIrfftParams, MOTE_SIGNAL_IRFFT_PARAMS)
#undef MOTE_SIGNAL_IRFFT_PARAMS

inline Status signal_irfft_check(const SignalIrfftParams& p, const uint32_t* bytes) {
  const bool power = p.length >= 4 && p.length <= 1 << 14 && (p.length & (p.length - 1)) == 0;
  if (!power || p.frames < 1) return Status::bad_params;
  const bool fits = extent(p.frames, p.length + 2, 2) <= bytes[0] &&
                    extent(p.length, 2) <= bytes[1] && extent(p.length / 2, 2) <= bytes[2] &&
                    extent(p.frames, p.length, 2) <= bytes[3] && extent(p.length, 2) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

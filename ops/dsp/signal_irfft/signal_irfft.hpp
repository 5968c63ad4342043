// Real samples from their spectrum, as tflite-micro's SignalIrfft: KISS FFT's inverse bit for bit
// in fixed point (core/signal/fixed_transform.hpp), core/signal/fft.hpp's in float.
//
//   y[f, i] = 1 / length * sum_k x[f, k] e^(2 pi i k / length),  x[length - k] = conj(x[k])
//
// The imaginary parts of x[0] and x[half] count as 0.
//
// Operands, T = int16 or int32 with bits = 15 or 31:         in float:
//   0  x: T [frames, half + 1, 2], pairs (re, im),           0  x: float
//        half = length / 2
//   1  twiddles: T [half, 2], e^(2 pi i k / half) in Q0.bits 1  sine: float [length / 4 + 1],
//                                                                 sin(2 pi j / length)
//   2  super: T [half / 2, 2], e^(pi i ((k + 1) / half + 1 / 2)) in Q0.bits
//   3  y: T [frames, length]                                 2  y: float
//   4  buffer: T [length], scratch
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_IRFFT_PARAMS(F) \
  F(int32_t, frames) /* >= 1 */     \
  F(int32_t, length) /* a power of two, [4, 2^14] */
MOTE_PARAMS(SignalIrfftParams, MOTE_SIGNAL_IRFFT_PARAMS)
#undef MOTE_SIGNAL_IRFFT_PARAMS

inline bool signal_irfft_in_range(const SignalIrfftParams& p) {
  const bool power = p.length >= 4 && p.length <= 1 << 14 && (p.length & (p.length - 1)) == 0;
  return power && p.frames >= 1;
}

// size: bytes of a number.
inline Status signal_irfft_fixed_check(const SignalIrfftParams& p, const uint32_t* bytes,
                                       int32_t size) {
  if (!signal_irfft_in_range(p)) return Status::bad_params;
  const bool fits = extent(p.frames, p.length + 2, size) <= bytes[0] &&
                    extent(p.length, size) <= bytes[1] && extent(p.length / 2, size) <= bytes[2] &&
                    extent(p.frames, p.length, size) <= bytes[3] &&
                    extent(p.length, size) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status signal_irfft_s16_check(const SignalIrfftParams& p, const uint32_t* bytes) {
  return signal_irfft_fixed_check(p, bytes, 2);
}
inline Status signal_irfft_s32_check(const SignalIrfftParams& p, const uint32_t* bytes) {
  return signal_irfft_fixed_check(p, bytes, 4);
}

inline Status signal_irfft_f32_check(const SignalIrfftParams& p, const uint32_t* bytes) {
  if (!signal_irfft_in_range(p)) return Status::bad_params;
  const bool fits = extent(p.frames, p.length + 2, 4) <= bytes[0] &&
                    extent(p.length / 4 + 1, 4) <= bytes[1] &&
                    extent(p.frames, p.length, 4) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

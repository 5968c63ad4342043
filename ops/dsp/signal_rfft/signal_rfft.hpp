// Spectrum of real int16 samples in fixed point, as tflite-micro's SignalRfft, which is KISS FFT's
// 16-bit transform: every radix-4 or radix-2 stage divides by its radix, products are rounded.
//
//   y[f, k] = 1 / length * sum_i x[f, i] e^(-2 pi i k / length),  k = 0 to length / 2, as (re, im)
//
// Samples behind the input's end are 0. The real transform is a complex one of half the length.
//
// Operands:
//   0  x: int16 [frames, samples]
//   1  twiddles: int16 [half, 2], e^(-2 pi i k / half) in Q0.15, half = length / 2
//   2  super: int16 [half / 2, 2], e^(-pi i ((k + 1) / half + 1 / 2)) in Q0.15
//   3  y: int16 [frames, half + 1, 2]
//   4  buffer: int16 [2 * length], scratch
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_RFFT_PARAMS(F)      \
  F(int32_t, frames)  /* >= 1 */        \
  F(int32_t, samples) /* [1, length] */ \
  F(int32_t, length)  /* a power of two, [4, 2^14] */
MOTE_PARAMS(SignalRfftParams, MOTE_SIGNAL_RFFT_PARAMS)
#undef MOTE_SIGNAL_RFFT_PARAMS

inline Status signal_rfft_check(const SignalRfftParams& p, const uint32_t* bytes) {
  const bool power = p.length >= 4 && p.length <= 1 << 14 && (p.length & (p.length - 1)) == 0;
  if (!power || p.frames < 1 || p.samples < 1 || p.samples > p.length) return Status::bad_params;
  const bool fits = extent(p.frames, p.samples, 2) <= bytes[0] && extent(p.length, 2) <= bytes[1] &&
                    extent(p.length / 2, 2) <= bytes[2] &&
                    extent(p.frames, p.length + 2, 2) <= bytes[3] &&
                    extent(p.length, 4) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

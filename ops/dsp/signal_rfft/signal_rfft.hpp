// Spectrum of real samples, as tflite-micro's SignalRfft. In fixed point that is KISS FFT's 16- or
// 32-bit transform bit for bit (core/signal/fixed_transform.hpp): every radix-4 or radix-2 stage
// divides by its radix, products are rounded. In float it is core/signal/fft.hpp's, whose order of
// sums is the same on every core, and which divides by nothing.
//
//   y[f, k] = scale * sum_i x[f, i] e^(-2 pi i k / length),  k = 0 to length / 2, as (re, im)
//   scale = 1 / length in fixed point, 1 in float
//
// Samples behind the input's end are 0. The real transform is a complex one of half the length.
//
// Operands, T = int16 or int32 with bits = 15 or 31:         in float:
//   0  x: T [frames, samples]                                0  x: float
//   1  twiddles: T [half, 2], e^(-2 pi i k / half) in Q0.bits, 1  sine: float [length / 4 + 1],
//        half = length / 2                                        sin(2 pi j / length)
//   2  super: T [half / 2, 2], e^(-pi i ((k + 1) / half + 1 / 2)) in Q0.bits
//   3  y: T [frames, half + 1, 2]                            2  y: float
//   4  buffer: T [2 * length], scratch
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_RFFT_PARAMS(F)      \
  F(int32_t, frames)  /* >= 1 */        \
  F(int32_t, samples) /* [1, length] */ \
  F(int32_t, length)  /* a power of two, [4, 2^14] */
MOTE_PARAMS(SignalRfftParams, MOTE_SIGNAL_RFFT_PARAMS)
#undef MOTE_SIGNAL_RFFT_PARAMS

inline bool signal_rfft_in_range(const SignalRfftParams& p) {
  const bool power = p.length >= 4 && p.length <= 1 << 14 && (p.length & (p.length - 1)) == 0;
  return power && p.frames >= 1 && p.samples >= 1 && p.samples <= p.length;
}

// size: bytes of a number.
inline Status signal_rfft_fixed_check(const SignalRfftParams& p, const uint32_t* bytes,
                                      int32_t size) {
  if (!signal_rfft_in_range(p)) return Status::bad_params;
  const bool fits = extent(p.frames, p.samples, size) <= bytes[0] &&
                    extent(p.length, size) <= bytes[1] && extent(p.length / 2, size) <= bytes[2] &&
                    extent(p.frames, p.length + 2, size) <= bytes[3] &&
                    extent(p.length, 2 * size) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status signal_rfft_s16_check(const SignalRfftParams& p, const uint32_t* bytes) {
  return signal_rfft_fixed_check(p, bytes, 2);
}
inline Status signal_rfft_s32_check(const SignalRfftParams& p, const uint32_t* bytes) {
  return signal_rfft_fixed_check(p, bytes, 4);
}

inline Status signal_rfft_f32_check(const SignalRfftParams& p, const uint32_t* bytes) {
  if (!signal_rfft_in_range(p)) return Status::bad_params;
  const bool fits = extent(p.frames, p.samples, 4) <= bytes[0] &&
                    extent(p.length / 4 + 1, 4) <= bytes[1] &&
                    extent(p.frames, p.length + 2, 4) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

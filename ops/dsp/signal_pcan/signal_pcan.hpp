// Per-channel amplitude normalisation, as tflite-micro's SignalPCAN.
//
//   snr = x[c] * gain(noise[c]) >> snr_shift, with 12 fractional bits
//   y[c] = snr^2 / 4 below 2, snr - 1 from 2 on, with 6 fractional bits
//
// gain: a quadratic on each octave of its argument, from a table. Y. Wang et al., "Trainable
// frontend for robust and far-field keyword spotting", ICASSP 2017.
//
// Operands:
//   0  x: uint32 [count]
//   1  noise: uint32 [count]
//   2  table: int16 [125]: gains of 0, 1, 2, then for each octave value, slope, curvature and a gap
//   3  y: uint32 [count]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_PCAN_PARAMS(F) \
  F(int32_t, count)     /* >= 1 */ \
  F(int32_t, snr_shift) /* [0, 63] */
MOTE_PARAMS(SignalPcanParams, MOTE_SIGNAL_PCAN_PARAMS)
#undef MOTE_SIGNAL_PCAN_PARAMS

inline Status signal_pcan_check(const SignalPcanParams& p, const uint32_t* bytes) {
  if (p.count < 1 || p.snr_shift < 0 || p.snr_shift > 63) return Status::bad_params;
  const uint32_t size = extent(p.count, 4);
  const bool fits = size <= bytes[0] && size <= bytes[1] && 250 <= bytes[2] && size <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

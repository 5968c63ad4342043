// Scales int16 samples up as far as they all fit, as tflite-micro's SignalFftAutoScale.
//
//   bits = leading zeros that the largest |x| has;  y[i] = x[i] * 2^bits
//
// Operands:
//   0  x: int16 [count]
//   1  y: int16 [count]; may be x
//   2  bits: int32 [1]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_FFT_AUTO_SCALE_PARAMS(F) F(int32_t, count) /* >= 1 */
MOTE_PARAMS(SignalFftAutoScaleParams, MOTE_SIGNAL_FFT_AUTO_SCALE_PARAMS)
#undef MOTE_SIGNAL_FFT_AUTO_SCALE_PARAMS

inline Status signal_fft_auto_scale_check(const SignalFftAutoScaleParams& p,
                                          const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 2);
  return size <= bytes[0] && size <= bytes[1] && 4 <= bytes[2] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

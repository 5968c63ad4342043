// Natural logarithm in fixed point, as tflite-micro's SignalFilterBankLog.
//
//   y[c] = min(output_scale * ln(x[c] << correction_bits), 32767), 0 where that is below 2
//
// log2 is a table of 128 pieces between powers of two, in Q16.
//
// Operands:
//   0  x: uint32 [count]
//   1  table: uint16 [130], 2^16 * (log2(1 + i / 128) - i / 128)
//   2  y: int16 [count]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_FILTER_BANK_LOG_PARAMS(F) \
  F(int32_t, count)           /* >= 1 */      \
  F(int32_t, output_scale)    /* of y */      \
  F(int32_t, correction_bits) /* [0, 31] */
MOTE_PARAMS(SignalFilterBankLogParams, MOTE_SIGNAL_FILTER_BANK_LOG_PARAMS)
#undef MOTE_SIGNAL_FILTER_BANK_LOG_PARAMS

inline Status signal_filter_bank_log_check(const SignalFilterBankLogParams& p,
                                           const uint32_t* bytes) {
  if (p.count < 1 || p.correction_bits < 0 || p.correction_bits > 31) return Status::bad_params;
  const bool fits =
      extent(p.count, 4) <= bytes[0] && 260 <= bytes[1] && extent(p.count, 2) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

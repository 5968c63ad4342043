// Rounded square roots of 64-bit sums, scaled down, as tflite-micro's SignalFilterBankSquareRoot.
//
//   y[c] = round(sqrt(x[c])) >> bits
//
// The root of a value below 2^32 is at most 2^16 - 1.
//
// Operands:
//   0  x: uint64 [count]
//   1  bits: int32 [1]
//   2  y: uint32 [count]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_FILTER_BANK_SQUARE_ROOT_PARAMS(F) F(int32_t, count) /* >= 1 */
MOTE_PARAMS(SignalFilterBankSquareRootParams, MOTE_SIGNAL_FILTER_BANK_SQUARE_ROOT_PARAMS)
#undef MOTE_SIGNAL_FILTER_BANK_SQUARE_ROOT_PARAMS

inline Status signal_filter_bank_square_root_check(const SignalFilterBankSquareRootParams& p,
                                                   const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const bool fits =
      extent(p.count, 8) <= bytes[0] && 4 <= bytes[1] && extent(p.count, 4) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

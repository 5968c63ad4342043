// Overlapping triangular filters on energies, as tflite-micro's SignalFilterBank: each bin adds
// weight to one channel and unweight to the next.
//
//   y[c] = sum_j weight[c + 1, j] * x[start[c + 1] + j] + sum_j unweight[c, j] * x[start[c] + j]
//
// with j < width of the entry, and its weights from weight_start on.
//
// Operands:
//   0  x: uint32 [bins]
//   1  weights: int16 [weights]
//   2  unweights: int16 [weights]
//   3  entries: int32 [channels + 1, 3]: start, weight_start, width
//   4  y: uint64 [channels]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_FILTER_BANK_PARAMS(F) \
  F(int32_t, channels) /* >= 1 */         \
  F(int32_t, bins)     /* >= 1 */         \
  F(int32_t, weights)  /* >= 1 */
MOTE_PARAMS(SignalFilterBankParams, MOTE_SIGNAL_FILTER_BANK_PARAMS)
#undef MOTE_SIGNAL_FILTER_BANK_PARAMS

inline Status signal_filter_bank_check(const SignalFilterBankParams& p, const uint32_t* bytes) {
  if (p.channels < 1 || p.channels > 1 << 15 || p.bins < 1 || p.weights < 1) {
    return Status::bad_params;
  }
  const bool fits = extent(p.bins, 4) <= bytes[0] && extent(p.weights, 2) <= bytes[1] &&
                    extent(p.weights, 2) <= bytes[2] && extent(p.channels + 1, 12) <= bytes[3] &&
                    extent(p.channels, 8) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

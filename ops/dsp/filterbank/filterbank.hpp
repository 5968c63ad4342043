// Weighted sums over ranges of spectrum bins: mel bands, or means over bands of equal width.
//
//   y[f, b] = sum_k weight[b, k] * x[f, k], only the weights that are not 0 are stored
//
// Operands:
//   0  x: float32 [frames, bins]
//   1  ranges: int32 [bands, 2], (first bin, count) of each band
//   2  weights: float32 [weight_count], band after band
//   3  y: float32 [frames, bands]
#pragma once

#include "core/kernel.hpp"
#include "core/signal/filterbank.hpp"

namespace mote {

#define MOTE_FILTERBANK_PARAMS(F)     \
  F(int32_t, frames)       /* >= 1 */ \
  F(int32_t, bins)         /* >= 1 */ \
  F(int32_t, bands)        /* >= 1 */ \
  F(int32_t, weight_count) /* >= 1 */
MOTE_PARAMS(FilterbankParams, MOTE_FILTERBANK_PARAMS)
#undef MOTE_FILTERBANK_PARAMS

inline Status filterbank_check(const FilterbankParams& p, const uint32_t* bytes) {
  if (p.frames < 1 || p.bins < 1 || p.bands < 1 || p.weight_count < 1) return Status::bad_params;
  const bool fits = extent(p.frames, p.bins, 4) <= bytes[0] && extent(p.bands, 8) <= bytes[1] &&
                    extent(p.weight_count, 4) <= bytes[2] &&
                    extent(p.frames, p.bands, 4) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Sensor counts to physical units.
//
//   y[i, a] = scale * (x[i, a] - mean[a]);  mean[a] = remove_mean ? sum_i x[i, a] / length : 0
//
// Operands:
//   0  x: int16 [length, axes]
//   1  y: float32 [length, axes]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SCALE_COUNTS_PARAMS(F)                    \
  F(int32_t, length)      /* samples per axis, >= 1 */ \
  F(int32_t, axes)        /* >= 1 */                   \
  F(int32_t, remove_mean) /* 0 or 1 */                 \
  F(float, scale)         /* physical units per count */
MOTE_PARAMS(ScaleCountsParams, MOTE_SCALE_COUNTS_PARAMS)
#undef MOTE_SCALE_COUNTS_PARAMS

inline Status scale_counts_check(const ScaleCountsParams& p, const uint32_t* bytes) {
  if (p.length < 1 || p.axes < 1) return Status::bad_params;
  const bool fits =
      extent(p.length, p.axes, 2) <= bytes[0] && extent(p.length, p.axes, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

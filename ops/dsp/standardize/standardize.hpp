// Brings features to mean 0 and deviation 1 with constants fitted in training.
//
//   y[r, c] = (x[r, c] - mean[c]) * inverse[c]
//
// Operands:
//   0  x: float32 [rows, columns]
//   1  mean: float32 [columns]
//   2  inverse: float32 [columns], 1 / deviation
//   3  y: float32 [rows, columns], may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_STANDARDIZE_PARAMS(F) \
  F(int32_t, rows)    /* >= 1 */   \
  F(int32_t, columns) /* >= 1 */
MOTE_PARAMS(StandardizeParams, MOTE_STANDARDIZE_PARAMS)
#undef MOTE_STANDARDIZE_PARAMS

inline Status standardize_check(const StandardizeParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.columns < 1) return Status::bad_params;
  const bool fits = extent(p.rows, p.columns, 4) <= bytes[0] && extent(p.columns, 4) <= bytes[1] &&
                    extent(p.columns, 4) <= bytes[2] && extent(p.rows, p.columns, 4) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

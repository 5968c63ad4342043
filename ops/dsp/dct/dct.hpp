// Orthonormal discrete cosine transform, type II, of each row; the first coefficients only.
//
//   y[r, k] = s_k sum_i x[r, i] cos(pi k (2 i + 1) / (2 n)),  s_0 = sqrt(1 / n), s_k = sqrt(2 / n)
//
// Operands:
//   0  x: float32 [rows, n]
//   1  table: float32 [coefficients, n]
//   2  y: float32 [rows, coefficients]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_DCT_PARAMS(F)            \
  F(int32_t, rows)         /* >= 1 */ \
  F(int32_t, n)            /* >= 1 */ \
  F(int32_t, coefficients) /* [1, n] */
MOTE_PARAMS(DctParams, MOTE_DCT_PARAMS)
#undef MOTE_DCT_PARAMS

inline Status dct_check(const DctParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.n < 1 || p.coefficients < 1 || p.coefficients > p.n) {
    return Status::bad_params;
  }
  const bool fits = extent(p.rows, p.n, 4) <= bytes[0] &&
                    extent(p.coefficients, p.n, 4) <= bytes[1] &&
                    extent(p.rows, p.coefficients, 4) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

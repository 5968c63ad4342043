// From int8 (or another integer type) to float.
//
//   y[i] = scale * (x[i] - zero_point)
//
// Operands:
//   0  x: int8 [count]
//   1  y: float [count]
#pragma once

#include "core/element.hpp"
#include "core/kernel.hpp"

namespace mote {

#define MOTE_DEQUANTIZE_PARAMS(F)        \
  F(int32_t, count)      /* >= 1 */      \
  F(float, scale)        /* of x, > 0 */ \
  F(int32_t, zero_point) /* of x, [-128, 127] */
MOTE_PARAMS(DequantizeParams, MOTE_DEQUANTIZE_PARAMS)
#undef MOTE_DEQUANTIZE_PARAMS

// The same from any integer type.
#define MOTE_DEQUANTIZE_ANY_PARAMS(F)         \
  F(int32_t, count)  /* >= 1 */               \
  F(int32_t, x_kind) /* an integer Element */ \
  F(float, scale)    /* of x, > 0 */          \
  F(int32_t, zero_point)
MOTE_PARAMS(DequantizeAnyParams, MOTE_DEQUANTIZE_ANY_PARAMS)
#undef MOTE_DEQUANTIZE_ANY_PARAMS

inline Status dequantize_any_check(const DequantizeAnyParams& p, const uint32_t* bytes) {
  const int32_t from = element_bytes(p.x_kind);
  if (p.count < 1 || from == 0) return Status::bad_params;
  const bool fits = extent(p.count, from) <= bytes[0] && extent(p.count, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status dequantize_check(const DequantizeParams& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const bool fits = extent(p.count, 1) <= bytes[0] && extent(p.count, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

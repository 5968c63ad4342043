// Change of type without a change of value, as far as the new type can hold it.
//
//   y[i] = x[i]     floats truncated towards zero, integers cut to their low bits, boolean: not 0
//
// Operands:
//   0  x: [count]
//   1  y: [count]
#pragma once

#include "core/element.hpp"
#include "core/kernel.hpp"

namespace mote {

#define MOTE_CAST_PARAMS(F)           \
  F(int32_t, count)  /* >= 1 */       \
  F(int32_t, x_kind) /* an Element */ \
  F(int32_t, y_kind) /* an Element, not x's */
MOTE_PARAMS(CastParams, MOTE_CAST_PARAMS)
#undef MOTE_CAST_PARAMS

inline Status cast_check(const CastParams& p, const uint32_t* bytes) {
  const int32_t from = element_bytes(p.x_kind), to = element_bytes(p.y_kind);
  if (p.count < 1 || from == 0 || to == 0) return Status::bad_params;
  const bool fits = extent(p.count, from) <= bytes[0] && extent(p.count, to) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

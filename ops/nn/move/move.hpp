// Bytes that move as a whole, towards the front as far as they like.
//
//   y[i] = x[i], i ascending
//
// Operands:
//   0  x: bytes [count]
//   1  y: bytes [count]; may be x, and may begin in front of it and overlap it
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_MOVE_PARAMS(F) F(int32_t, count) /* bytes, >= 1 */
MOTE_PARAMS(MoveParams, MOTE_MOVE_PARAMS)
#undef MOTE_MOVE_PARAMS

inline Status move_check(const MoveParams& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 1);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// The shape that two shapes broadcast to.
//
//   y[k] = a[k] unless that is 1, else b[k]     counted from the last axis; missing axes are 1
//
// Extents that neither agree nor are 1 have no such shape; y then has a's.
//
// Operands, T = int32 or int64:
//   0  a: T [a_count]
//   1  b: T [b_count]
//   2  y: T [max(a_count, b_count)]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_BROADCAST_ARGS_PARAMS(F)                  \
  F(int32_t, a_count) /* [0, 32], not both counts 0 */ \
  F(int32_t, b_count) /* [0, 32] */
MOTE_PARAMS(BroadcastArgsParams, MOTE_BROADCAST_ARGS_PARAMS)
#undef MOTE_BROADCAST_ARGS_PARAMS

inline Status broadcast_args_check(const BroadcastArgsParams& p, const uint32_t* bytes,
                                   int32_t size) {
  const int32_t count = p.a_count > p.b_count ? p.a_count : p.b_count;
  if (p.a_count < 0 || p.b_count < 0 || count < 1 || count > 32) return Status::bad_params;
  const bool fits = extent(p.a_count, size) <= bytes[0] && extent(p.b_count, size) <= bytes[1] &&
                    extent(count, size) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status broadcast_args_s32_check(const BroadcastArgsParams& p, const uint32_t* bytes) {
  return broadcast_args_check(p, bytes, 4);
}
inline Status broadcast_args_s64_check(const BroadcastArgsParams& p, const uint32_t* bytes) {
  return broadcast_args_check(p, bytes, 8);
}

template <class T, class P>
MOTE_INLINE void broadcast_args_walk(const P& p, const T* a, const T* b, T* y) {
  const int32_t count = p.a_count > p.b_count ? p.a_count : p.b_count;
  for (int32_t k = 0; k < count; ++k) {  // from the last axis on
    const T from_a = k < p.a_count ? a[p.a_count - 1 - k] : 1;
    const T from_b = k < p.b_count ? b[p.b_count - 1 - k] : 1;
    y[count - 1 - k] = from_a != 1 ? from_a : from_b;
  }
}

}  // namespace mote

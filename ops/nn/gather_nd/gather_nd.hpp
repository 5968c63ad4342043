// Entries by their indices on several leading axes.
//
//   y[k, :] = x[index[k, 0], ..., index[k, axes - 1], :]     zeros where an index is outside x
//
// Operands:
//   0  x: [extent0, ..., inner bytes] of any type; axes behind `axes` have the extent 1
//   1  index: int32 [count, axes]
//   2  y: [count, inner bytes]
#pragma once

#include "core/kernel.hpp"

namespace mote {

constexpr int32_t gather_nd_axes_max = 5;

#define MOTE_GATHER_ND_PARAMS(F)                    \
  F(int32_t, count)   /* >= 1 */                    \
  F(int32_t, axes)    /* [1, gather_nd_axes_max] */ \
  F(int32_t, inner)   /* bytes of an entry, >= 1 */ \
  F(int32_t, extent0) /* of x, >= 1 */              \
  F(int32_t, extent1)                               \
  F(int32_t, extent2)                               \
  F(int32_t, extent3)                               \
  F(int32_t, extent4)
MOTE_PARAMS(GatherNdParams, MOTE_GATHER_ND_PARAMS)
#undef MOTE_GATHER_ND_PARAMS

inline Status gather_nd_check(const GatherNdParams& p, const uint32_t* bytes) {
  const int32_t from_one[] = {p.count,   p.axes,    p.inner,   p.extent0,
                              p.extent1, p.extent2, p.extent3, p.extent4};
  for (int32_t value : from_one) {
    if (value < 1) return Status::bad_params;
  }
  if (p.axes > gather_nd_axes_max) return Status::bad_params;
  const uint32_t x = extent(p.extent0, p.extent1, p.extent2, p.extent3, p.extent4, p.inner);
  const uint32_t y = extent(p.count, p.inner);
  const bool fits = x <= bytes[0] && extent(p.count, p.axes, 4) <= bytes[1] && y <= bytes[2] &&
                    x <= uint32_t{INT32_MAX} && y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

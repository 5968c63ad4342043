// A tensor of which a part that begins at computed places is replaced.
//
//   y = x, then y[begin + i] = update[i],  begin = max(0, min(index, extents of x - of update))
//
// Operands:
//   0  x: [x0, .., x5] of any type
//   1  update: [u0, .., u5]
//   2  index: int32 or int64 [6 - first], of the axes from `first` on; that of those before is 0
//   3  y: as x; may begin in front of x and overlap it
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_DYNAMIC_UPDATE_SLICE_PARAMS(F)        \
  F(int32_t, element) /* bytes of one: >= 1 */     \
  F(int32_t, wide)    /* index is int64: 0 or 1 */ \
  F(int32_t, first)   /* [0, 6] */                 \
  F(int32_t, x0)      /* >= 1 as all extents */    \
  F(int32_t, x1)                                   \
  F(int32_t, x2)                                   \
  F(int32_t, x3)                                   \
  F(int32_t, x4)                                   \
  F(int32_t, x5)                                   \
  F(int32_t, u0) /* [1, x0], and so on */          \
  F(int32_t, u1)                                   \
  F(int32_t, u2)                                   \
  F(int32_t, u3)                                   \
  F(int32_t, u4)                                   \
  F(int32_t, u5)
MOTE_PARAMS(DynamicUpdateSliceParams, MOTE_DYNAMIC_UPDATE_SLICE_PARAMS)
#undef MOTE_DYNAMIC_UPDATE_SLICE_PARAMS

constexpr int32_t update_slice_axes = 6;

inline Status dynamic_update_slice_check(const DynamicUpdateSliceParams& p, const uint32_t* bytes) {
  const int32_t of_x[] = {p.x0, p.x1, p.x2, p.x3, p.x4, p.x5};
  const int32_t of_update[] = {p.u0, p.u1, p.u2, p.u3, p.u4, p.u5};
  if (p.element < 1 || p.first < 0 || p.first > update_slice_axes) return Status::bad_params;
  uint32_t x = static_cast<uint32_t>(p.element), update = x;
  for (int32_t k = 0; k < update_slice_axes; ++k) {
    if (of_update[k] < 1 || of_x[k] < of_update[k] || x > uint32_t{INT32_MAX}) {
      return Status::bad_params;
    }
    x = extent(static_cast<int32_t>(x), of_x[k]);
    update = extent(static_cast<int32_t>(update), of_update[k]);
  }
  const bool fits = x <= uint32_t{INT32_MAX} && x <= bytes[0] && update <= bytes[1] &&
                    extent(update_slice_axes - p.first, p.wide != 0 ? 8 : 4) <= bytes[2] &&
                    x <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Image of another size, each pixel the nearest one of the input.
//
//   y[n, r, c, :] = x[n, row[r], column[c], :]     zeros where row or column is outside x
//
// The host computes rows and columns, which depend on sizes and options only.
//
// Operands:
//   0  x: [batches, in_h, in_w, pixel bytes] of any type
//   1  row: int32 [out_h]
//   2  column: int32 [out_w]
//   3  y: [batches, out_h, out_w, pixel bytes]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_RESIZE_NEAREST_PARAMS(F)           \
  F(int32_t, batches) /* >= 1 as all extents */ \
  F(int32_t, in_h)                              \
  F(int32_t, in_w)                              \
  F(int32_t, out_h)                             \
  F(int32_t, out_w)                             \
  F(int32_t, pixel) /* bytes of one pixel */
MOTE_PARAMS(ResizeNearestParams, MOTE_RESIZE_NEAREST_PARAMS)
#undef MOTE_RESIZE_NEAREST_PARAMS

inline Status resize_nearest_check(const ResizeNearestParams& p, const uint32_t* bytes) {
  const int32_t from_one[] = {p.batches, p.in_h, p.in_w, p.out_h, p.out_w, p.pixel};
  for (int32_t value : from_one) {
    if (value < 1) return Status::bad_params;
  }
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.pixel);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.pixel);
  const bool fits = x <= bytes[0] && extent(p.out_h, 4) <= bytes[1] &&
                    extent(p.out_w, 4) <= bytes[2] && y <= bytes[3] && x <= uint32_t{INT32_MAX} &&
                    y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

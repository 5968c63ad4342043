// Picks each element from one of two tensors.
//
//   y[i] = condition[i] ? a[i] : b[i]     an axis of extent 1 repeats: its stride is 0
//
// Operands:
//   0  condition: boolean
//   1  a: elements of `width` bytes
//   2  b: as a
//   3  y: [n0, n1, n2, n3, n4], dense
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SELECT_PARAMS(F)                            \
  F(int32_t, width) /* bytes: 1, 2, 4, 8 */              \
  F(int32_t, n0)    /* extents of y, >= 1 */             \
  F(int32_t, n1)                                         \
  F(int32_t, n2)                                         \
  F(int32_t, n3)                                         \
  F(int32_t, n4)                                         \
  F(int32_t, condition_stride0) /* elements, all >= 0 */ \
  F(int32_t, condition_stride1)                          \
  F(int32_t, condition_stride2)                          \
  F(int32_t, condition_stride3)                          \
  F(int32_t, condition_stride4)                          \
  F(int32_t, a_stride0)                                  \
  F(int32_t, a_stride1)                                  \
  F(int32_t, a_stride2)                                  \
  F(int32_t, a_stride3)                                  \
  F(int32_t, a_stride4)                                  \
  F(int32_t, b_stride0)                                  \
  F(int32_t, b_stride1)                                  \
  F(int32_t, b_stride2)                                  \
  F(int32_t, b_stride3)                                  \
  F(int32_t, b_stride4)
MOTE_PARAMS(SelectParams, MOTE_SELECT_PARAMS)
#undef MOTE_SELECT_PARAMS

constexpr int32_t select_axes = 5;

// Whether every element lies inside an operand.
inline bool select_inside(const int32_t* extents, const int32_t* strides, int32_t width,
                          uint32_t bytes) {
  int64_t last = 0;
  for (int32_t k = 0; k < select_axes; ++k) {
    if (strides[k] < 0) return false;
    last += int64_t{extents[k] - 1} * strides[k];
  }
  return last < int64_t{bytes} / width;
}

inline Status select_check(const SelectParams& p, const uint32_t* bytes) {
  const int32_t extents[] = {p.n0, p.n1, p.n2, p.n3, p.n4};
  const int32_t condition[] = {p.condition_stride0, p.condition_stride1, p.condition_stride2,
                               p.condition_stride3, p.condition_stride4};
  const int32_t a[] = {p.a_stride0, p.a_stride1, p.a_stride2, p.a_stride3, p.a_stride4};
  const int32_t b[] = {p.b_stride0, p.b_stride1, p.b_stride2, p.b_stride3, p.b_stride4};
  if (p.width != 1 && p.width != 2 && p.width != 4 && p.width != 8) return Status::bad_params;
  for (int32_t extent_k : extents) {
    if (extent_k < 1) return Status::bad_params;
  }
  const bool fits = select_inside(extents, condition, 1, bytes[0]) &&
                    select_inside(extents, a, p.width, bytes[1]) &&
                    select_inside(extents, b, p.width, bytes[2]) &&
                    extent(p.n0, p.n1, p.n2, p.n3, p.n4, p.width) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

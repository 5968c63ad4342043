// Moves bytes between two tensors along up to six axes: the kernel of every op that only rearranges
// its input (slice, transpose, concatenation, padding, ...). Element types are the host's affair.
//
//   for all i0 < n0, ..., i5 < n5:
//     y[y_base + sum i_k * y_stride_k + (0 ... run - 1)] =
//     x[x_base + sum i_k * x_stride_k + (0 ... run - 1)]          all in bytes
//
// Operands of copy:
//   0  x: bytes
//   1  y: bytes; doesn't overlap x
//
// fill sets count elements of `width` bytes, little endian, to one value:
//   0  y: bytes [count * width]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_COPY_PARAMS(F)                               \
  F(int32_t, run)    /* bytes moved at once, >= 1 */      \
  F(int32_t, x_base) /* byte offset of the first run */   \
  F(int32_t, y_base)                                      \
  F(int32_t, n0) /* extents, >= 1 */                      \
  F(int32_t, n1)                                          \
  F(int32_t, n2)                                          \
  F(int32_t, n3)                                          \
  F(int32_t, n4)                                          \
  F(int32_t, n5)                                          \
  F(int32_t, x_stride0) /* bytes, may be 0 or negative */ \
  F(int32_t, x_stride1)                                   \
  F(int32_t, x_stride2)                                   \
  F(int32_t, x_stride3)                                   \
  F(int32_t, x_stride4)                                   \
  F(int32_t, x_stride5)                                   \
  F(int32_t, y_stride0)                                   \
  F(int32_t, y_stride1)                                   \
  F(int32_t, y_stride2)                                   \
  F(int32_t, y_stride3)                                   \
  F(int32_t, y_stride4)                                   \
  F(int32_t, y_stride5)
MOTE_PARAMS(CopyParams, MOTE_COPY_PARAMS)
#undef MOTE_COPY_PARAMS

constexpr size_t copy_rank_max = 6;

// Whether every run lies inside the operand's bytes.
inline bool copy_inside(int32_t run, int32_t base, const int32_t* extents, const int32_t* strides,
                        uint32_t bytes) {
  int64_t low = base, high = int64_t{base} + run;
  for (size_t k = 0; k < copy_rank_max; ++k) {
    const int64_t reach = int64_t{extents[k] - 1} * strides[k];
    (reach < 0 ? low : high) += reach;
  }
  return low >= 0 && high <= int64_t{bytes};
}

inline Status copy_check(const CopyParams& p, const uint32_t* bytes) {
  const int32_t extents[copy_rank_max] = {p.n0, p.n1, p.n2, p.n3, p.n4, p.n5};
  const int32_t x[copy_rank_max] = {p.x_stride0, p.x_stride1, p.x_stride2,
                                    p.x_stride3, p.x_stride4, p.x_stride5};
  const int32_t y[copy_rank_max] = {p.y_stride0, p.y_stride1, p.y_stride2,
                                    p.y_stride3, p.y_stride4, p.y_stride5};
  if (p.run < 1) return Status::bad_params;
  for (int32_t extent_k : extents) {
    if (extent_k < 1) return Status::bad_params;
  }
  // Every byte of y is written once: more runs would write some again, for hours if they like.
  if (extent(p.run, p.n0, p.n1, p.n2, p.n3, p.n4, p.n5) > bytes[1]) return Status::out_of_bounds;
  const bool inside = copy_inside(p.run, p.x_base, extents, x, bytes[0]) &&
                      copy_inside(p.run, p.y_base, extents, y, bytes[1]);
  return inside ? Status::ok : Status::out_of_bounds;
}

#define MOTE_FILL_PARAMS(F)                        \
  F(int32_t, count) /* elements, >= 1 */           \
  F(int32_t, width) /* bytes of one: 1, 2, 4, 8 */ \
  F(int32_t, low)   /* its first four bytes */     \
  F(int32_t, high)  /* the others */
MOTE_PARAMS(FillParams, MOTE_FILL_PARAMS)
#undef MOTE_FILL_PARAMS

inline Status fill_check(const FillParams& p, const uint32_t* bytes) {
  const bool known = p.width == 1 || p.width == 2 || p.width == 4 || p.width == 8;
  if (!known || p.count < 1) return Status::bad_params;
  return extent(p.count, p.width) <= bytes[0] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

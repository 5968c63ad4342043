// Products of two stacks of matrices.
//
//   y[b, r, c] = finish(sum_k (a[b, r, k] - a_zero) * (w[b, k, c] - w_zero))
//
// Both stacks lie in memory as their strides say, transposed or not; a stack of one matrix
// repeats: its stride is 0. In float both zeros and finish fall away. In int8 and int16 as
// TensorFlow Lite defines it (reference_ops::BatchMatMul): finish requantises and clamps to the
// type's range. int8 sums have 32 bits and core/fixed_point.hpp's double rounding; int16 sums have
// 64 bits and multiply_wide.
//
// Operands:
//   0  a: int8, int16 or float
//   1  w: of a's type
//   2  y: of a's type [n0, n1, n2, rows, columns], dense
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_BATCH_MATMUL_SHAPE(F)              \
  F(int32_t, n0) /* extents of y, >= 1 */       \
  F(int32_t, n1)                                \
  F(int32_t, n2)                                \
  F(int32_t, rows)                              \
  F(int32_t, columns)                           \
  F(int32_t, depth)     /* products of a sum */ \
  F(int32_t, a_stride0) /* elements, >= 0 */    \
  F(int32_t, a_stride1)                         \
  F(int32_t, a_stride2)                         \
  F(int32_t, a_row)                             \
  F(int32_t, a_depth) /* >= 1, as w_depth */    \
  F(int32_t, w_stride0)                         \
  F(int32_t, w_stride1)                         \
  F(int32_t, w_stride2)                         \
  F(int32_t, w_depth)                           \
  F(int32_t, w_column)

#define MOTE_BATCH_MATMUL_PARAMS(F) \
  MOTE_BATCH_MATMUL_SHAPE(F)        \
  F(int32_t, a_zero)                \
  F(int32_t, w_zero)                \
  F(int32_t, output_zero)           \
  F(int32_t, multiplier) /* Q31 */  \
  F(int32_t, shift)      /* [-31, 30], of int16 [-31, 14] */
MOTE_PARAMS(BatchMatmulParams, MOTE_BATCH_MATMUL_PARAMS)
#undef MOTE_BATCH_MATMUL_PARAMS

MOTE_PARAMS(BatchMatmulFloatParams, MOTE_BATCH_MATMUL_SHAPE)
#undef MOTE_BATCH_MATMUL_SHAPE

// element: bytes of one.
template <class P>
Status batch_matmul_check(const P& p, const uint32_t* bytes, int32_t element) {
  const int32_t extents[] = {p.n0, p.n1, p.n2, p.rows, p.columns, p.depth};
  const int32_t a[] = {p.a_stride0, p.a_stride1, p.a_stride2, p.a_row, 0, p.a_depth};
  const int32_t w[] = {p.w_stride0, p.w_stride1, p.w_stride2, 0, p.w_column, p.w_depth};
  int64_t last_a = 0, last_w = 0;
  for (int k = 0; k < 6; ++k) {
    if (extents[k] < 1 || a[k] < 0 || w[k] < 0) return Status::bad_params;
    last_a += int64_t{extents[k] - 1} * a[k];
    last_w += int64_t{extents[k] - 1} * w[k];
  }
  if (p.a_depth < 1 || p.w_depth < 1) return Status::bad_params;  // so that depth has a bound
  const bool fits = last_a < int64_t{bytes[0]} / element && last_w < int64_t{bytes[1]} / element &&
                    extent(p.n0, p.n1, p.n2, p.rows, p.columns, element) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status batch_matmul_s8_check(const BatchMatmulParams& p, const uint32_t* bytes) {
  return batch_matmul_check(p, bytes, 1);
}
inline Status batch_matmul_s16_check(const BatchMatmulParams& p, const uint32_t* bytes) {
  return batch_matmul_check(p, bytes, 2);
}
inline Status batch_matmul_f32_check(const BatchMatmulFloatParams& p, const uint32_t* bytes) {
  return batch_matmul_check(p, bytes, 4);
}

// Calls cell(a, w) for every output value, a and w pointing at its first factors, and stores what
// it gives.
template <class T, class P, class Cell>
MOTE_INLINE void batch_matmul_walk(const P& p, void* const* operands, Cell&& cell) {
  const auto* a = static_cast<const T*>(operands[0]);
  const auto* w = static_cast<const T*>(operands[1]);
  auto* y = static_cast<T*>(operands[2]);
  for (int32_t i = 0; i < p.n0; ++i) {
    for (int32_t j = 0; j < p.n1; ++j) {
      for (int32_t k = 0; k < p.n2; ++k) {
        const T* left = a + i * p.a_stride0 + j * p.a_stride1 + k * p.a_stride2;
        const T* right = w + i * p.w_stride0 + j * p.w_stride1 + k * p.w_stride2;
        for (int32_t r = 0; r < p.rows; ++r) {
          for (int32_t c = 0; c < p.columns; ++c) {
            *y++ = cell(left + r * p.a_row, right + c * p.w_column);
          }
        }
      }
    }
  }
}

}  // namespace mote

// Running sum along an axis.
//
//   y[o, k, i] = sum_{j <= k} x[o, j, i]      j < k when exclusive, from the end when reverse
//
// int8 as tflite-micro defines it (reference_ops::CumSum): values are counted in 1/2^19 of x's
// step, sums wrap around after 16 steps of full scale, and every sum starts at the stored value 0
// rather than at the zero point:
//
//   y = clamp(requantise((-x_zero + sum (x - x_zero)) * 2^19) + output_zero)
//
// Operands:
//   0  x: int8, int32 or float [outer, count, inner]
//   1  y: of x's type and shape; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_CUMSUM_SHAPE(F)                  \
  F(int32_t, outer) /* >= 1 as all extents */ \
  F(int32_t, count)                           \
  F(int32_t, inner)                           \
  F(int32_t, exclusive) /* 0 or 1 */          \
  F(int32_t, reverse)   /* 0 or 1 */

#define MOTE_CUMSUM_PARAMS(F)      \
  MOTE_CUMSUM_SHAPE(F)             \
  F(int32_t, x_zero)               \
  F(int32_t, output_zero)          \
  F(int32_t, multiplier) /* Q31 */ \
  F(int32_t, shift)      /* [-31, 30] */
MOTE_PARAMS(CumsumParams, MOTE_CUMSUM_PARAMS)
#undef MOTE_CUMSUM_PARAMS

MOTE_PARAMS(CumsumPlainParams, MOTE_CUMSUM_SHAPE)
#undef MOTE_CUMSUM_SHAPE

template <class P>
Status cumsum_check_shape(const P& p, const uint32_t* bytes, int32_t element) {
  if (p.outer < 1 || p.count < 1 || p.inner < 1) return Status::bad_params;
  const uint32_t size = extent(p.outer, p.count, p.inner, element);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}
inline Status cumsum_s8_check(const CumsumParams& p, const uint32_t* bytes) {
  return cumsum_check_shape(p, bytes, 1);
}
inline Status cumsum_plain_check(const CumsumPlainParams& p, const uint32_t* bytes) {
  return cumsum_check_shape(p, bytes, 4);
}

// start: of every sum; to_sum(x): what a value adds; finish(sum): what is stored.
template <class T, class Sum, class P, class ToSum, class Finish>
MOTE_INLINE void cumsum_walk(const P& p, void* const* operands, Sum start, ToSum&& to_sum,
                             Finish&& finish) {
  const auto* x = static_cast<const T*>(operands[0]);
  auto* y = static_cast<T*>(operands[1]);
  const int32_t step = p.reverse != 0 ? -p.inner : p.inner;
  for (int32_t o = 0; o < p.outer; ++o) {
    for (int32_t i = 0; i < p.inner; ++i) {
      int32_t at = o * p.count * p.inner + i + (p.reverse != 0 ? (p.count - 1) * p.inner : 0);
      Sum sum = start;
      for (int32_t k = 0; k < p.count; ++k, at += step) {
        const Sum before = sum;
        sum += to_sum(x[at]);
        y[at] = finish(p.exclusive != 0 ? before : sum);
      }
    }
  }
}

}  // namespace mote

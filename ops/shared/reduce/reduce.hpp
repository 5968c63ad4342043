// Reduction along any axes, int8, int16 and float, as TensorFlow Lite defines it.
//
//   y[k] = f over all r of x[k, r]
//
// mean and sum of quantised values (QuantizedMeanOrSum): the sum of x - x_zero, requantised by
// core/fixed_point.hpp's double rounding; the host makes the division part of the multiplier.
// Largest and smallest compare stored values; x and y share their quantisation.
//
// Operands:
//   0  x
//   1  y: [k0, k1, k2], dense
#pragma once

#include "core/kernel.hpp"

namespace mote {

enum class ReduceFunction : int32_t { mean, sum, largest, smallest };

#define MOTE_REDUCE_SHAPE(F)                          \
  F(int32_t, k0) /* extents that are kept, >= 1 */    \
  F(int32_t, k1)                                      \
  F(int32_t, k2)                                      \
  F(int32_t, k_stride0) /* of x, in elements, >= 0 */ \
  F(int32_t, k_stride1)                               \
  F(int32_t, k_stride2)                               \
  F(int32_t, r0) /* extents that are reduced, >= 1 */ \
  F(int32_t, r1)                                      \
  F(int32_t, r2)                                      \
  F(int32_t, r_stride0)                               \
  F(int32_t, r_stride1)                               \
  F(int32_t, r_stride2)                               \
  F(int32_t, function) /* a ReduceFunction */

#define MOTE_REDUCE_FLOAT_PARAMS(F) MOTE_REDUCE_SHAPE(F)
MOTE_PARAMS(ReduceFloatParams, MOTE_REDUCE_FLOAT_PARAMS)
#undef MOTE_REDUCE_FLOAT_PARAMS

#define MOTE_REDUCE_PARAMS(F)            \
  MOTE_REDUCE_SHAPE(F)                   \
  F(int32_t, x_zero)                     \
  F(int32_t, multiplier) /* Q31 */       \
  F(int32_t, shift)      /* [-31, 30] */ \
  F(int32_t, output_zero)
MOTE_PARAMS(ReduceParams, MOTE_REDUCE_PARAMS)
#undef MOTE_REDUCE_PARAMS
#undef MOTE_REDUCE_SHAPE

template <class P>
Status reduce_check(const P& p, const uint32_t* bytes, int32_t element_bytes) {
  const int32_t extents[] = {p.k0, p.k1, p.k2, p.r0, p.r1, p.r2};
  const int32_t strides[] = {p.k_stride0, p.k_stride1, p.k_stride2,
                             p.r_stride0, p.r_stride1, p.r_stride2};
  int64_t last = 0;
  for (int k = 0; k < 6; ++k) {
    if (extents[k] < 1 || strides[k] < 0) return Status::bad_params;
    last += int64_t{extents[k] - 1} * strides[k];
  }
  // Every element of x is a term of one output: more terms would read some again, for hours.
  const bool fits = extent(p.k0, p.k1, p.k2, p.r0, p.r1, p.r2, element_bytes) <= bytes[0] &&
                    (last + 1) * element_bytes <= int64_t{bytes[0]} &&
                    extent(p.k0, p.k1, p.k2, element_bytes) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status reduce_s8_check(const ReduceParams& p, const uint32_t* bytes) {
  return reduce_check(p, bytes, 1);
}
inline Status reduce_s16_check(const ReduceParams& p, const uint32_t* bytes) {
  return reduce_check(p, bytes, 2);
}
inline Status reduce_f32_check(const ReduceFloatParams& p, const uint32_t* bytes) {
  return reduce_check(p, bytes, 4);
}

// One output from its terms. Sum: int32_t or float.
template <class Sum, class T, class P>
MOTE_INLINE Sum reduce_terms(const P& p, const T* x) {
  const bool largest = p.function == static_cast<int32_t>(ReduceFunction::largest);
  const bool smallest = p.function == static_cast<int32_t>(ReduceFunction::smallest);
  Sum sum = 0;
  T extreme = x[0];
  for (int32_t a = 0; a < p.r0; ++a) {
    for (int32_t b = 0; b < p.r1; ++b) {
      const T* row = x + a * p.r_stride0 + b * p.r_stride1;
      for (int32_t c = 0; c < p.r2; ++c, row += p.r_stride2) {
        sum += static_cast<Sum>(*row);
        if (largest ? *row > extreme : *row < extreme) extreme = *row;
      }
    }
  }
  return largest || smallest ? static_cast<Sum>(extreme) : sum;
}

// Calls finish(terms) for every output and stores what it gives.
template <class Sum, class T, class P, class Finish>
MOTE_INLINE void reduce_walk(const P& p, void* const* operands, Finish&& finish) {
  const auto* x = static_cast<const T*>(operands[0]);
  auto* y = static_cast<T*>(operands[1]);
  for (int32_t a = 0; a < p.k0; ++a) {
    for (int32_t b = 0; b < p.k1; ++b) {
      for (int32_t c = 0; c < p.k2; ++c) {
        const T* first = x + a * p.k_stride0 + b * p.k_stride1 + c * p.k_stride2;
        *y++ = static_cast<T>(finish(reduce_terms<Sum>(p, first)));
      }
    }
  }
}

}  // namespace mote

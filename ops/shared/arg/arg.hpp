// Where along an axis the largest or smallest value stands; of equal ones the first.
//
//   y[o, i] = argmax or argmin over k of x[o, k, i]
//
// Operands:
//   0  x: int8 or float [outer, extent, inner]
//   1  y: int32 [outer, inner]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_ARG_PARAMS(F)                    \
  F(int32_t, outer) /* >= 1 as all extents */ \
  F(int32_t, count)                           \
  F(int32_t, inner)                           \
  F(int32_t, largest) /* 1: largest, 0: smallest */
MOTE_PARAMS(ArgParams, MOTE_ARG_PARAMS)
#undef MOTE_ARG_PARAMS

template <int32_t element_bytes>
Status arg_check(const ArgParams& p, const uint32_t* bytes) {
  if (p.outer < 1 || p.count < 1 || p.inner < 1) return Status::bad_params;
  const bool fits = extent(p.outer, p.count, p.inner, element_bytes) <= bytes[0] &&
                    extent(p.outer, p.inner, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status arg_s8_check(const ArgParams& p, const uint32_t* bytes) {
  return arg_check<1>(p, bytes);
}
inline Status arg_f32_check(const ArgParams& p, const uint32_t* bytes) {
  return arg_check<4>(p, bytes);
}

template <class T, class P>
MOTE_INLINE void arg_walk(const P& p, void* const* operands) {
  const auto* x = static_cast<const T*>(operands[0]);
  auto* y = static_cast<int32_t*>(operands[1]);
  for (int32_t o = 0; o < p.outer; ++o, x += p.count * p.inner) {
    for (int32_t i = 0; i < p.inner; ++i) {
      int32_t best = 0;
      for (int32_t k = 1; k < p.count; ++k) {
        const T value = x[k * p.inner + i], held = x[best * p.inner + i];
        if (p.largest != 0 ? value > held : value < held) best = k;
      }
      *y++ = best;
    }
  }
}

}  // namespace mote

// Pooling in float.
//
//   y[b, r, c, ch] = clamp(mean or largest of the window's values inside x)
//
// Operands:
//   0  x: float [batches, in_h, in_w, channels]
//   1  y: float [batches, out_h, out_w, channels]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_POOL_F32_PARAMS(F)                            \
  F(int32_t, batches)                                      \
  F(int32_t, in_h) /* [1, 2^16] as all extents */          \
  F(int32_t, in_w)                                         \
  F(int32_t, channels)                                     \
  F(int32_t, out_h)                                        \
  F(int32_t, out_w)                                        \
  F(int32_t, filter_h)                                     \
  F(int32_t, filter_w)                                     \
  F(int32_t, stride_h)                                     \
  F(int32_t, stride_w)                                     \
  F(int32_t, pad_top)  /* [0, filter_h) */                 \
  F(int32_t, pad_left) /* [0, filter_w) */                 \
  F(int32_t, largest)  /* 1: the largest value, 0: mean */ \
  F(float, activation_min)                                 \
  F(float, activation_max)
MOTE_PARAMS(PoolF32Params, MOTE_POOL_F32_PARAMS)
#undef MOTE_POOL_F32_PARAMS

inline Status pool_f32_check(const PoolF32Params& p, const uint32_t* bytes) {
  constexpr int32_t limit = 1 << 16;
  const int32_t from_one[] = {p.in_h,     p.in_w,     p.out_h,    p.out_w,
                              p.filter_h, p.filter_w, p.stride_h, p.stride_w};
  bool good = p.batches >= 1 && p.channels >= 1 && p.pad_top >= 0 && p.pad_top < p.filter_h &&
              p.pad_left >= 0 && p.pad_left < p.filter_w;
  for (int32_t value : from_one) good = good && value >= 1 && value <= limit;
  // Every window holds at least one value: the last one starts inside the input.
  good = good && int64_t{p.out_h - 1} * p.stride_h - p.pad_top < p.in_h &&
         int64_t{p.out_w - 1} * p.stride_w - p.pad_left < p.in_w;
  if (!good) return Status::bad_params;
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.channels, 4);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.channels, 4);
  return x <= bytes[0] && y <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

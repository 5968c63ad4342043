// The mean of a whole image whose rows come a few at a time: params of its two kernels.
//
//   add:     sums[c] = (first ? 0 : sums[c]) + sum over pixels of x[pixel, c]
//   finish:  y[c] = clamp(round(sums[c] / count)), halves away from zero
//
// Operands of add:                      of finish:
//   0  x: int8 [pixels, channels]         0  sums: int32 [channels]
//   1  sums: int32 [channels]             1  y: int8 [channels]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_AVERAGE_POOL_ADD_PARAMS(F) \
  F(int32_t, pixels)   /* [1, 2^23] */  \
  F(int32_t, channels) /* >= 1 */       \
  F(int32_t, first)    /* 0 or 1 */
MOTE_PARAMS(AveragePoolAddParams, MOTE_AVERAGE_POOL_ADD_PARAMS)
#undef MOTE_AVERAGE_POOL_ADD_PARAMS

#define MOTE_AVERAGE_POOL_FINISH_PARAMS(F)            \
  F(int32_t, count) /* pixels in all, [1, 2^23] */    \
  F(int32_t, channels)                                \
  F(int32_t, activation_min) /* clamp, [-128, 127] */ \
  F(int32_t, activation_max)
MOTE_PARAMS(AveragePoolFinishParams, MOTE_AVERAGE_POOL_FINISH_PARAMS)
#undef MOTE_AVERAGE_POOL_FINISH_PARAMS

// More pixels could overflow a sum.
constexpr int32_t average_pool_pixels_max = 1 << 23;

inline Status average_pool_add_check(const AveragePoolAddParams& p, const uint32_t* bytes) {
  if (p.pixels < 1 || p.pixels > average_pool_pixels_max || p.channels < 1) {
    return Status::bad_params;
  }
  const bool fits = extent(p.pixels, p.channels) <= bytes[0] && extent(p.channels, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status average_pool_finish_check(const AveragePoolFinishParams& p, const uint32_t* bytes) {
  if (p.count < 1 || p.count > average_pool_pixels_max || p.channels < 1) {
    return Status::bad_params;
  }
  const bool fits = extent(p.channels, 4) <= bytes[0] && extent(p.channels, 1) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

// Average pooling, int8 as TensorFlow Lite defines it.
//
//   y[r, c, ch] = clamp(round(sum of the window's values / number of them))
//
// Values outside the input don't count; halves round away from zero. x and y share scale and zero
// point.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, channels]
//   1  y: int8 [batches, out_h, out_w, channels]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_AVERAGE_POOL_PARAMS(F)                        \
  F(int32_t, batches)        /* >= 1 */                    \
  F(int32_t, in_h)           /* rows of x, 1 to 2^16 */    \
  F(int32_t, in_w)           /* columns of x, 1 to 2^16 */ \
  F(int32_t, channels)       /* >= 1 */                    \
  F(int32_t, out_h)          /* >= 1 */                    \
  F(int32_t, out_w)          /* >= 1 */                    \
  F(int32_t, filter_h)       /* window, 1 to 2^16 */       \
  F(int32_t, filter_w)       /* window, 1 to 2^16 */       \
  F(int32_t, stride_h)       /* 1 to 2^16 */               \
  F(int32_t, stride_w)       /* 1 to 2^16 */               \
  F(int32_t, pad_top)        /* [0, filter_h) */           \
  F(int32_t, pad_left)       /* [0, filter_w) */           \
  F(int32_t, activation_min) /* clamp, [-128, 127] */      \
  F(int32_t, activation_max) /* clamp, [activation_min, 127] */
MOTE_PARAMS(AveragePoolParams, MOTE_AVERAGE_POOL_PARAMS)
#undef MOTE_AVERAGE_POOL_PARAMS

inline Status average_pool_check(const AveragePoolParams& p, const uint32_t* bytes) {
  constexpr int32_t limit = 1 << 16;
  const auto in_range = [](int32_t value) { return value >= 1 && value <= limit; };
  if (p.batches < 1 || p.channels < 1 || !in_range(p.in_h) || !in_range(p.in_w) ||
      !in_range(p.out_h) || !in_range(p.out_w) || !in_range(p.filter_h) || !in_range(p.filter_w) ||
      !in_range(p.stride_h) || !in_range(p.stride_w)) {
    return Status::bad_params;
  }
  if (p.pad_top < 0 || p.pad_top >= p.filter_h || p.pad_left < 0 || p.pad_left >= p.filter_w) {
    return Status::bad_params;
  }
  // Every window has to hold at least one value: the last one starts inside the input.
  const int64_t last_row = int64_t{p.out_h - 1} * p.stride_h - p.pad_top;
  const int64_t last_column = int64_t{p.out_w - 1} * p.stride_w - p.pad_left;
  if (last_row >= p.in_h || last_column >= p.in_w) return Status::bad_params;
  const uint32_t in = extent(p.in_h, p.in_w, p.channels);
  const uint32_t out = extent(p.out_h, p.out_w, p.channels);
  if (in > INT32_MAX || out > INT32_MAX) return Status::out_of_bounds;
  const bool fits = extent(static_cast<int32_t>(in), p.batches) <= bytes[0] &&
                    extent(static_cast<int32_t>(out), p.batches) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

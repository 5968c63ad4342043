// Pooling of int8: params, ranges and windows, for the kernels of every pooling op.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, channels]
//   1  y: int8 [batches, out_h, out_w, channels]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_POOL_S8_PARAMS(F)                             \
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
MOTE_PARAMS(PoolS8Params, MOTE_POOL_S8_PARAMS)
#undef MOTE_POOL_S8_PARAMS

inline Status pool_s8_check(const PoolS8Params& p, const uint32_t* bytes) {
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

// The part of one image that lies under one window.
struct PoolS8Window {
  const int8_t* x;  // its first value
  int32_t rows, columns;
  int32_t row_bytes;  // from a row to the next
};

// Calls make_output(window, y) for every output; y: int8 [channels].
template <class P, class Output>
MOTE_INLINE void pool_s8_over_windows(const P& p, void* const* operands,
                                      const Output& make_output) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  const int32_t row_bytes = p.in_w * p.channels;
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t row = 0; row < p.out_h; ++row) {
      const int32_t top = row * p.stride_h - p.pad_top;
      const int32_t first_row = top < 0 ? 0 : top;
      const int32_t last_row = top + p.filter_h < p.in_h ? top + p.filter_h : p.in_h;
      for (int32_t column = 0; column < p.out_w; ++column) {
        const int32_t left = column * p.stride_w - p.pad_left;
        const int32_t first = left < 0 ? 0 : left;
        const int32_t last = left + p.filter_w < p.in_w ? left + p.filter_w : p.in_w;
        make_output(PoolS8Window{x + first_row * row_bytes + first * p.channels,
                                 last_row - first_row, last - first, row_bytes},
                    y);
        y += p.channels;
      }
    }
    x += p.in_h * row_bytes;
  }
}

}  // namespace mote

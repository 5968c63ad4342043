// Pooling in float, and of integers where no faster kernel does it.
//
//   y[b, r, c, ch] = clamp(f(the window's values inside x)),  f as PoolFunction says
//
// Means of integers round halves away from zero, as TensorFlow Lite does for int8 and int16, or up,
// as it does for uint8.
//
// Operands:
//   0  x: float, int8 or int16 [batches, in_h, in_w, channels]
//   1  y: of x's type [batches, out_h, out_w, channels]
#pragma once

#include "core/kernel.hpp"

namespace mote {

enum class PoolFunction : int32_t { mean, largest, root_mean_square, mean_halves_up };

#define MOTE_POOL_GEOMETRY(F)                     \
  F(int32_t, batches)                             \
  F(int32_t, in_h) /* [1, 2^16] as all extents */ \
  F(int32_t, in_w)                                \
  F(int32_t, channels)                            \
  F(int32_t, out_h)                               \
  F(int32_t, out_w)                               \
  F(int32_t, filter_h)                            \
  F(int32_t, filter_w)                            \
  F(int32_t, stride_h)                            \
  F(int32_t, stride_w)                            \
  F(int32_t, pad_top)  /* [0, filter_h) */        \
  F(int32_t, pad_left) /* [0, filter_w) */        \
  F(int32_t, function) /* a PoolFunction; what the kernel doesn't know is a mean */

#define MOTE_POOL_F32_PARAMS(F) \
  MOTE_POOL_GEOMETRY(F)         \
  F(float, activation_min)      \
  F(float, activation_max)
MOTE_PARAMS(PoolF32Params, MOTE_POOL_F32_PARAMS)
#undef MOTE_POOL_F32_PARAMS

#define MOTE_POOL_INTEGER_PARAMS(F) \
  MOTE_POOL_GEOMETRY(F)             \
  F(int32_t, activation_min)        \
  F(int32_t, activation_max)
MOTE_PARAMS(PoolIntegerParams, MOTE_POOL_INTEGER_PARAMS)
#undef MOTE_POOL_INTEGER_PARAMS
#undef MOTE_POOL_GEOMETRY

// element: bytes of one.
template <class P>
Status pool_check(const P& p, const uint32_t* bytes, int32_t element) {
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
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.channels, element);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.channels, element);
  return x <= bytes[0] && y <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

inline Status pool_f32_check(const PoolF32Params& p, const uint32_t* bytes) {
  return pool_check(p, bytes, 4);
}
inline Status pool_s8_any_check(const PoolIntegerParams& p, const uint32_t* bytes) {
  return pool_check(p, bytes, 1);
}
inline Status pool_s16_check(const PoolIntegerParams& p, const uint32_t* bytes) {
  return pool_check(p, bytes, 2);
}

struct PoolWindow {
  int32_t first_row, last_row, first_column, last_column;  // last: one behind

  int32_t count() const { return (last_row - first_row) * (last_column - first_column); }
};

// Calls value(first channel's image, window) for every output and stores what it gives.
template <class T, class P, class Value>
MOTE_INLINE void pool_walk(const P& p, void* const* operands, Value&& value) {
  const auto* x = static_cast<const T*>(operands[0]);
  auto* y = static_cast<T*>(operands[1]);
  const auto least = [](int32_t a, int32_t b) { return a < b ? a : b; };
  for (int32_t b = 0; b < p.batches; ++b, x += p.in_h * p.in_w * p.channels) {
    for (int32_t r = 0; r < p.out_h; ++r) {
      const int32_t top = r * p.stride_h - p.pad_top;
      for (int32_t c = 0; c < p.out_w; ++c) {
        const int32_t left = c * p.stride_w - p.pad_left;
        const PoolWindow window{top < 0 ? 0 : top, least(top + p.filter_h, p.in_h),
                                left < 0 ? 0 : left, least(left + p.filter_w, p.in_w)};
        for (int32_t channel = 0; channel < p.channels; ++channel)
          *y++ = value(x + channel, window);
      }
    }
  }
}

// Calls visit(value) for every value of one channel in a window.
template <class T, class P, class Visit>
MOTE_INLINE void pool_window_walk(const P& p, const T* channel, const PoolWindow& window,
                                  Visit&& visit) {
  for (int32_t r = window.first_row; r < window.last_row; ++r) {
    for (int32_t c = window.first_column; c < window.last_column; ++c) {
      visit(channel[(r * p.in_w + c) * p.channels]);
    }
  }
}

}  // namespace mote

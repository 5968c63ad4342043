// Image of another size, each pixel interpolated between four of the input, as TensorFlow Lite
// does (reference_ops::ResizeBilinear and, of integers, ResizeBilinearInteger).
//
//   y[n, r, c, :] = sum over the corners {above, below} x {left, right} of weight * x[n, corner, :]
//
// The host computes both corners of each row and column and how far a pixel lies from the first:
// in 1/1024 for integers, whose sum is rounded with halves away from zero; as a fraction in float.
//
// Operands:
//   0  x: int8, int16 or float [batches, in_h, in_w, channels]
//   1  rows: int32 [out_h, 2], above and below; a corner outside x counts as the first
//   2  columns: int32 [out_w, 2], left and right
//   3  row_share: int32 or float [out_h], the weight of below
//   4  column_share: int32 or float [out_w], the weight of right
//   5  y: of x's type [batches, out_h, out_w, channels]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_RESIZE_BILINEAR_PARAMS(F)          \
  F(int32_t, batches) /* >= 1 as all extents */ \
  F(int32_t, in_h)                              \
  F(int32_t, in_w)                              \
  F(int32_t, channels)                          \
  F(int32_t, out_h)                             \
  F(int32_t, out_w)
MOTE_PARAMS(ResizeBilinearParams, MOTE_RESIZE_BILINEAR_PARAMS)
#undef MOTE_RESIZE_BILINEAR_PARAMS

template <int32_t element>
inline Status resize_bilinear_check(const ResizeBilinearParams& p, const uint32_t* bytes) {
  const int32_t from_one[] = {p.batches, p.in_h, p.in_w, p.channels, p.out_h, p.out_w};
  for (int32_t value : from_one) {
    if (value < 1) return Status::bad_params;
  }
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.channels, element);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.channels, element);
  const bool fits = x <= bytes[0] && extent(p.out_h, 8) <= bytes[1] &&
                    extent(p.out_w, 8) <= bytes[2] && extent(p.out_h, 4) <= bytes[3] &&
                    extent(p.out_w, 4) <= bytes[4] && y <= bytes[5] && x <= uint32_t{INT32_MAX} &&
                    y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status resize_bilinear_s8_check(const ResizeBilinearParams& p, const uint32_t* bytes) {
  return resize_bilinear_check<1>(p, bytes);
}
inline Status resize_bilinear_s16_check(const ResizeBilinearParams& p, const uint32_t* bytes) {
  return resize_bilinear_check<2>(p, bytes);
}
inline Status resize_bilinear_f32_check(const ResizeBilinearParams& p, const uint32_t* bytes) {
  return resize_bilinear_check<4>(p, bytes);
}

// Calls mix(above left, above right, below left, below right, row_share, column_share) for every
// output value and stores what it gives.
template <class T, class Share, class P, class Mix>
MOTE_INLINE void resize_bilinear_walk(const P& p, void* const* operands, Mix&& mix) {
  const auto* x = static_cast<const T*>(operands[0]);
  const auto* rows = static_cast<const int32_t*>(operands[1]);
  const auto* columns = static_cast<const int32_t*>(operands[2]);
  const auto* row_share = static_cast<const Share*>(operands[3]);
  const auto* column_share = static_cast<const Share*>(operands[4]);
  auto* y = static_cast<T*>(operands[5]);
  const auto inside = [](int32_t at, int32_t count) { return at >= 0 && at < count ? at : 0; };
  for (int32_t n = 0; n < p.batches; ++n, x += p.in_h * p.in_w * p.channels) {
    for (int32_t r = 0; r < p.out_h; ++r) {
      const T* above = x + inside(rows[2 * r], p.in_h) * p.in_w * p.channels;
      const T* below = x + inside(rows[2 * r + 1], p.in_h) * p.in_w * p.channels;
      for (int32_t c = 0; c < p.out_w; ++c) {
        const int32_t left = inside(columns[2 * c], p.in_w) * p.channels;
        const int32_t right = inside(columns[2 * c + 1], p.in_w) * p.channels;
        for (int32_t k = 0; k < p.channels; ++k) {
          *y++ = mix(above[left + k], above[right + k], below[left + k], below[right + k],
                     row_share[r], column_share[c]);
        }
      }
    }
  }
}

// The same for integers.
template <class T, class P>
MOTE_INLINE void resize_bilinear_integers(const P& p, void* const* operands) {
  resize_bilinear_walk<T, int32_t>(
      p, operands, [](int32_t al, int32_t ar, int32_t bl, int32_t br, int32_t row, int32_t column) {
        constexpr int64_t one = 1 << 10, half = 1 << 19;
        const int64_t sum = al * (one - row) * (one - column) + bl * row * (one - column) +
                            ar * (one - row) * column + int64_t{br} * row * column;
        return static_cast<T>((sum + (sum > 0 ? half : -half)) / (one * one));
      });
}

}  // namespace mote

// Transposed convolution, int8, int16 with int8 weights (16x8) and float, as TensorFlow Lite
// defines it.
//
//   y[b, oy, ox, o] = finish(bias[o] + sum_{ky, kx, c} w[o, ky, kx, c] * (x[b, iy, ix, c] -
//   x_zero))
//
// over all taps with oy + pad_top - ky = iy * stride_h and ox + pad_left - kx = ix * stride_w. In
// int8 the sum has 32 bits, in int16 64; finish requantises it by core/fixed_point.hpp's double
// rounding and multiply_wide. In float it clamps.
//
// Operands in float:                                    int8 and int16:
//   0  x: float [batches, in_h, in_w, in_c]               0  x
//   1  w: float [out_c, kernel_h, kernel_w, in_c]         1  w: int8
//   2  bias: float [out_c]                                2  bias: int64 [out_c]
//   3  y: float [batches, out_h, out_w, out_c]            3  multiplier: int32 [out_c], Q31
//                                                         4  shift: int32 [out_c]
//                                                         5  y
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_TRANSPOSE_CONV_SHAPE(F)                 \
  F(int32_t, batches) /* images, >= 1 */             \
  F(int32_t, in_h)    /* [1, 2^15] as all extents */ \
  F(int32_t, in_w)                                   \
  F(int32_t, in_c)                                   \
  F(int32_t, out_h)                                  \
  F(int32_t, out_w)                                  \
  F(int32_t, out_c)                                  \
  F(int32_t, kernel_h)                               \
  F(int32_t, kernel_w)                               \
  F(int32_t, stride_h)                               \
  F(int32_t, stride_w)                               \
  F(int32_t, pad_top)  /* [0, 2^15] */               \
  F(int32_t, pad_left) /* [0, 2^15] */

#define MOTE_TRANSPOSE_CONV_PARAMS(F) \
  MOTE_TRANSPOSE_CONV_SHAPE(F)        \
  F(int32_t, x_zero)                  \
  F(int32_t, output_zero)             \
  F(int32_t, activation_min)          \
  F(int32_t, activation_max)
MOTE_PARAMS(TransposeConvParams, MOTE_TRANSPOSE_CONV_PARAMS)
#undef MOTE_TRANSPOSE_CONV_PARAMS

#define MOTE_TRANSPOSE_CONV_FLOAT_PARAMS(F) \
  MOTE_TRANSPOSE_CONV_SHAPE(F)              \
  F(float, activation_min)                  \
  F(float, activation_max)
MOTE_PARAMS(TransposeConvFloatParams, MOTE_TRANSPOSE_CONV_FLOAT_PARAMS)
#undef MOTE_TRANSPOSE_CONV_FLOAT_PARAMS
#undef MOTE_TRANSPOSE_CONV_SHAPE

// x_bytes, w_bytes: of one element.
template <class P>
Status transpose_conv_check(const P& p, int32_t x_bytes, int32_t w_bytes, const uint32_t* bytes,
                            uint32_t y_bytes) {
  constexpr int32_t limit = 1 << 15;
  const int32_t from_one[] = {p.in_h,  p.in_w,     p.in_c,     p.out_h,    p.out_w,
                              p.out_c, p.kernel_h, p.kernel_w, p.stride_h, p.stride_w};
  bool good = p.batches >= 1 && p.pad_top >= 0 && p.pad_left >= 0 && p.pad_top <= limit &&
              p.pad_left <= limit;
  for (int32_t value : from_one) good = good && value >= 1 && value <= limit;
  if (!good) return Status::bad_params;
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.in_c, x_bytes);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.out_c, x_bytes);
  const uint32_t w = extent(p.out_c, p.kernel_h, p.kernel_w, p.in_c, w_bytes);
  const bool fits = x <= bytes[0] && w <= bytes[1] && y <= y_bytes && x <= uint32_t{INT32_MAX} &&
                    y <= uint32_t{INT32_MAX} && w <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

template <int32_t x_bytes>
Status transpose_conv_integer_check(const TransposeConvParams& p, const uint32_t* bytes) {
  const Status shape = transpose_conv_check(p, x_bytes, 1, bytes, bytes[5]);
  if (shape != Status::ok) return shape;
  const bool fits = extent(p.out_c, 8) <= bytes[2] && extent(p.out_c, 4) <= bytes[3] &&
                    extent(p.out_c, 4) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status transpose_conv_s8_check(const TransposeConvParams& p, const uint32_t* bytes) {
  return transpose_conv_integer_check<1>(p, bytes);
}
inline Status transpose_conv_s16_check(const TransposeConvParams& p, const uint32_t* bytes) {
  return transpose_conv_integer_check<2>(p, bytes);
}
inline Status transpose_conv_f32_check(const TransposeConvFloatParams& p, const uint32_t* bytes) {
  const Status shape = transpose_conv_check(p, 4, 4, bytes, bytes[3]);
  if (shape != Status::ok) return shape;
  return extent(p.out_c, 4) <= bytes[2] ? Status::ok : Status::out_of_bounds;
}

// The sum of one output value. x: the image; w: of the output channel.
template <class Sum, class X, class W, class P>
MOTE_INLINE Sum transpose_conv_sum(const P& p, const X* x, const W* w, int32_t oy, int32_t ox,
                                   Sum x_zero) {
  Sum sum = 0;
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int32_t y = oy + p.pad_top - ky;
    if (y < 0 || y % p.stride_h != 0 || y / p.stride_h >= p.in_h) continue;
    for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
      const int32_t at = ox + p.pad_left - kx;
      if (at < 0 || at % p.stride_w != 0 || at / p.stride_w >= p.in_w) continue;
      const X* values = x + (y / p.stride_h * p.in_w + at / p.stride_w) * p.in_c;
      const W* weights = w + (ky * p.kernel_w + kx) * p.in_c;
      for (int32_t c = 0; c < p.in_c; ++c) {
        sum += (static_cast<Sum>(values[c]) - x_zero) * static_cast<Sum>(weights[c]);
      }
    }
  }
  return sum;
}

// Calls finish(o, sum) for every output value and stores what it gives.
template <class Sum, class X, class W, class P, class Finish>
MOTE_INLINE void transpose_conv_walk(const P& p, const X* x, const W* w, X* y, Sum x_zero,
                                     Finish&& finish) {
  const int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  for (int32_t b = 0; b < p.batches; ++b, x += p.in_h * p.in_w * p.in_c) {
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      for (int32_t ox = 0; ox < p.out_w; ++ox) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          *y++ = finish(o, transpose_conv_sum<Sum>(p, x, w + o * taps, oy, ox, x_zero));
        }
      }
    }
  }
}

}  // namespace mote

// Sums of products in float and in int16 with int8 weights, for every op that makes them: full,
// grouped and depthwise convolution, and the fully connected layer (an image of one pixel).
//
//   y[b, oy, ox, o] = finish(bias[o] + sum_{ky, kx, c}
//                            w[o * weight_step + (ky * kernel_w + kx) * tap_step + c] *
//                            x[b, oy * stride_h + ky * dilation_h - pad_top,
//                                 ox * stride_w + kx * dilation_w - pad_left,
//                                 o / group_out * group_in + c]),   c < group_in
//
// x outside its image counts as zero. In float the bias is added last and finish clamps. In int16
// (both zero points 0; TensorFlow Lite's 16x8) the sum has 64 bits and finish requantises it and
// clamps: core/fixed_point.hpp's multiply_wide.
//
// Operands in float:                          in int16:
//   0  x: float [batches, in_h, in_w, in_c]     0  x: int16
//   1  w: float [out_c * taps * group_in]       1  w: int8
//   2  bias: float [out_c]                      2  bias: int64 [out_c]
//   3  y: float [batches, out_h, out_w, out_c]  3  multiplier: int32 [out_c], Q31
//                                               4  shift: int32 [out_c], [-31, 14]
//                                               5  y: int16
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_CONV_SHAPE(F)                                            \
  F(int32_t, batches) /* images, >= 1 */                              \
  F(int32_t, in_h)    /* [1, 2^15] as all extents */                  \
  F(int32_t, in_w)                                                    \
  F(int32_t, in_c)                                                    \
  F(int32_t, out_h)                                                   \
  F(int32_t, out_w)                                                   \
  F(int32_t, out_c)                                                   \
  F(int32_t, kernel_h)                                                \
  F(int32_t, kernel_w)                                                \
  F(int32_t, stride_h)                                                \
  F(int32_t, stride_w)                                                \
  F(int32_t, dilation_h)                                              \
  F(int32_t, dilation_w)                                              \
  F(int32_t, pad_top)   /* [0, 2^15] */                               \
  F(int32_t, pad_left)  /* [0, 2^15] */                               \
  F(int32_t, group_in)  /* input channels of a group, divides in_c */ \
  F(int32_t, group_out) /* output channels of a group */              \
  F(int32_t, weight_step)                                             \
  F(int32_t, tap_step)

#define MOTE_CONV_F32_PARAMS(F) \
  MOTE_CONV_SHAPE(F)            \
  F(float, activation_min)      \
  F(float, activation_max)
MOTE_PARAMS(ConvF32Params, MOTE_CONV_F32_PARAMS)
#undef MOTE_CONV_F32_PARAMS

#define MOTE_CONV_S16_PARAMS(F) \
  MOTE_CONV_SHAPE(F)            \
  F(int32_t, activation_min)    \
  F(int32_t, activation_max)
MOTE_PARAMS(ConvS16Params, MOTE_CONV_S16_PARAMS)
#undef MOTE_CONV_S16_PARAMS

// x_bytes: of one element; w_bits: of one weight; bytes: of x and the weights; y_bytes: of y.
template <class P>
Status conv_check_bits(const P& p, int32_t x_bytes, int32_t w_bits, const uint32_t* bytes,
                       uint32_t y_bytes) {
  constexpr int32_t limit = 1 << 15;
  const int32_t from_one[] = {p.in_h,     p.in_w,     p.out_h,    p.out_w,      p.kernel_h,
                              p.kernel_w, p.stride_h, p.stride_w, p.dilation_h, p.dilation_w};
  bool good = p.batches >= 1 && p.in_c >= 1 && p.out_c >= 1 && p.pad_top >= 0 && p.pad_left >= 0 &&
              p.pad_top <= limit && p.pad_left <= limit;
  for (int32_t value : from_one) good = good && value >= 1 && value <= limit;
  good = good && p.group_in >= 1 && p.group_out >= 1 && p.weight_step >= 1 && p.tap_step >= 1 &&
         int64_t{(p.out_c - 1) / p.group_out} * p.group_in + p.group_in <= p.in_c;
  if (!good) return Status::bad_params;
  const int64_t last_weight = int64_t{p.out_c - 1} * p.weight_step +
                              (int64_t{p.kernel_h} * p.kernel_w - 1) * p.tap_step + p.group_in;
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.in_c, x_bytes);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.out_c, x_bytes);
  const bool fits = x <= bytes[0] && last_weight * w_bits <= int64_t{bytes[1]} * 8 &&
                    y <= y_bytes && x <= uint32_t{INT32_MAX} && y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

// w_bytes: of one weight.
template <class P>
Status conv_check_shape(const P& p, int32_t x_bytes, int32_t w_bytes, const uint32_t* bytes,
                        uint32_t y_bytes) {
  return conv_check_bits(p, x_bytes, 8 * w_bytes, bytes, y_bytes);
}

inline Status conv_f32_check(const ConvF32Params& p, const uint32_t* bytes) {
  const Status shape = conv_check_shape(p, 4, 4, bytes, bytes[3]);
  if (shape != Status::ok) return shape;
  return extent(p.out_c, 4) <= bytes[2] ? Status::ok : Status::out_of_bounds;
}

inline Status conv_s16_check(const ConvS16Params& p, const uint32_t* bytes) {
  const Status shape = conv_check_shape(p, 2, 1, bytes, bytes[5]);
  if (shape != Status::ok) return shape;
  const bool fits = extent(p.out_c, 8) <= bytes[2] && extent(p.out_c, 4) <= bytes[3] &&
                    extent(p.out_c, 4) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}

// The sum of one output value. x: the image, at the group's first channel; w: index of the output's
// first weight; iy, ix: where its window starts; term(value, weight index): what a value adds.
template <class Sum, class X, class P, class Term>
MOTE_INLINE Sum conv_sum_terms(const P& p, const X* x, int32_t w, int32_t iy, int32_t ix,
                               Term&& term) {
  Sum sum = 0;
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int32_t y = iy + ky * p.dilation_h;
    if (y < 0 || y >= p.in_h) continue;
    for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
      const int32_t at = ix + kx * p.dilation_w;
      if (at < 0 || at >= p.in_w) continue;
      const X* values = x + (y * p.in_w + at) * p.in_c;
      const int32_t weights = w + (ky * p.kernel_w + kx) * p.tap_step;
      for (int32_t c = 0; c < p.group_in; ++c) sum += term(values[c], weights + c);
    }
  }
  return sum;
}

// Calls finish(o, sum) for every output value and stores what it gives.
template <class Sum, class X, class P, class Term, class Finish>
MOTE_INLINE void conv_walk_terms(const P& p, const X* x, X* y, Term&& term, Finish&& finish) {
  for (int32_t b = 0; b < p.batches; ++b, x += p.in_h * p.in_w * p.in_c) {
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      for (int32_t ox = 0; ox < p.out_w; ++ox) {
        for (int32_t o = 0; o < p.out_c; ++o) {
          const Sum sum =
              conv_sum_terms<Sum>(p, x + o / p.group_out * p.group_in, o * p.weight_step,
                                  oy * p.stride_h - p.pad_top, ox * p.stride_w - p.pad_left, term);
          *y++ = finish(o, sum);
        }
      }
    }
  }
}

// The same for weights that are multiplied as they lie.
template <class Sum, class X, class W, class P, class Finish>
MOTE_INLINE void conv_walk(const P& p, const X* x, const W* w, X* y, Finish&& finish) {
  conv_walk_terms<Sum>(
      p, x, y,
      [w](X value, int32_t at) { return static_cast<Sum>(value) * static_cast<Sum>(w[at]); },
      finish);
}

}  // namespace mote

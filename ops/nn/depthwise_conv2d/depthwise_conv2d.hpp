// Depthwise convolution, int8 as TensorFlow Lite defines it: output channel o = c * multiplier + j
// sees input channel c = o / multiplier only.
//
//   y[b, oy, ox, o] = clamp(requantise(bias'[o] + sum_{ky, kx} w[ky, kx, o] *
//                           x[b, oy * stride_h + ky * dilation_h - pad_top,
//                                ox * stride_w + kx * dilation_w - pad_left, o / multiplier])
//                           + output_zero)
//
// where x outside its image is input_zero. bias'[o] = bias[o] - input_zero * sum w[..., o] is
// folded by the host, so the kernel multiplies stored values. requantise is core/fixed_point.hpp's
// double rounding with multiplier[o] and shift[o].
//
// Operands of the reference variant:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  weights: int8 [kernel_h, kernel_w, out_c]
//   2  bias': int32 [out_c]
//   3  multiplier: int32 [out_c], Q31 in [2^30, 2^31) or 0
//   4  shift: int32 [out_c], in [-31, 30], positive is left
//   5  y: int8 [batches, out_h, out_w, out_c]
#pragma once

#include "core/kernel.hpp"

namespace mote {

// Most kernel rows that one depthwise convolution may have: their pointers are kept on the stack.
constexpr int32_t depthwise_conv2d_rows_max = 64;

#define MOTE_DEPTHWISE_CONV2D_PARAMS(F)                           \
  F(int32_t, batches)        /* images, >= 1 */                   \
  F(int32_t, in_h)           /* >= 1 */                           \
  F(int32_t, in_w)           /* >= 1 */                           \
  F(int32_t, in_c)           /* channels, >= 1 */                 \
  F(int32_t, out_h)          /* >= 1 */                           \
  F(int32_t, out_w)          /* >= 1 */                           \
  F(int32_t, depth)          /* out_c / in_c, >= 1 */             \
  F(int32_t, kernel_h)       /* [1, depthwise_conv2d_rows_max] */ \
  F(int32_t, kernel_w)       /* >= 1 */                           \
  F(int32_t, stride_h)       /* >= 1 */                           \
  F(int32_t, stride_w)       /* >= 1 */                           \
  F(int32_t, dilation_h)     /* >= 1 */                           \
  F(int32_t, dilation_w)     /* >= 1 */                           \
  F(int32_t, pad_top)        /* rows of padding above, >= 0 */    \
  F(int32_t, pad_left)       /* columns of padding left, >= 0 */  \
  F(int32_t, input_zero)     /* zero point of x, [-128, 127] */   \
  F(int32_t, output_zero)    /* zero point of y, [-128, 127] */   \
  F(int32_t, activation_min) /* clamp, [-128, 127] */             \
  F(int32_t, activation_max) /* clamp, [activation_min, 127] */
MOTE_PARAMS(DepthwiseConv2dParams, MOTE_DEPTHWISE_CONV2D_PARAMS)
#undef MOTE_DEPTHWISE_CONV2D_PARAMS

// Ranges that keep every index computation of every variant within int32_t.
inline Status depthwise_conv2d_check_shape(const DepthwiseConv2dParams& p) {
  constexpr int32_t limit = 1 << 15;
  const int32_t from_one[] = {p.batches,  p.in_h,       p.in_w,      p.in_c,     p.out_h,
                              p.out_w,    p.depth,      p.kernel_h,  p.kernel_w, p.stride_h,
                              p.stride_w, p.dilation_h, p.dilation_w};
  for (int32_t value : from_one) {
    if (value < 1 || value > limit) return Status::bad_params;
  }
  const bool ok = p.pad_top >= 0 && p.pad_left >= 0 && p.pad_top <= limit && p.pad_left <= limit &&
                  p.kernel_h <= depthwise_conv2d_rows_max &&
                  extent(p.kernel_w, p.dilation_w) <= limit;
  return ok ? Status::ok : Status::bad_params;
}

inline Status depthwise_conv2d_check(const DepthwiseConv2dParams& p, const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.in_c);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.in_c, p.depth);
  const uint32_t w = extent(p.in_c, p.depth, p.kernel_h, p.kernel_w);
  const uint32_t per_channel = extent(p.in_c, p.depth, 4);
  const bool fits = x <= bytes[0] && w <= bytes[1] && per_channel <= bytes[2] &&
                    per_channel <= bytes[3] && per_channel <= bytes[4] && y <= bytes[5];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

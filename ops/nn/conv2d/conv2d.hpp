// Two-dimensional convolution, int8 as TensorFlow Lite defines it.
//
//   y[b, oy, ox, o] = clamp(requantise(bias'[o] + sum_{ky, kx, c} w[o, ky, kx, c] *
//                           x[b, oy * stride_h + ky * dilation_h - pad_top,
//                                ox * stride_w + kx * dilation_w - pad_left, c]) + output_zero)
//
// where x outside its image is input_zero. bias'[o] = bias[o] - input_zero * sum w[o, ...] is
// folded by the host, so the kernel multiplies stored values. requantise is core/fixed_point.hpp's
// double rounding with multiplier[o] and shift[o].
//
// Operands of the reference variant:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  weights: int8 [out_c, kernel_h, kernel_w, in_c]
//   2  bias': int32 [out_c]
//   3  multiplier: int32 [out_c], Q31 in [2^30, 2^31) or 0
//   4  shift: int32 [out_c], in [-31, 30], positive is left
//   5  y: int8 [batches, out_h, out_w, out_c]
#pragma once

#include "ops/shared/conv/conv_s8.hpp"

namespace mote {

#define MOTE_CONV2D_PARAMS(F) MOTE_CONV_S8_PARAMS(F, out_c)
MOTE_PARAMS(Conv2dParams, MOTE_CONV2D_PARAMS)
#undef MOTE_CONV2D_PARAMS

inline Status conv2d_check_shape(const Conv2dParams& p) {
  return conv_s8_check_shape(p, p.out_c);
}

inline Status conv2d_check(const Conv2dParams& p, const uint32_t* bytes) {
  const Status shape = conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const uint32_t x = extent(p.batches, p.in_h, p.in_w, p.in_c);
  const uint32_t y = extent(p.batches, p.out_h, p.out_w, p.out_c);
  const uint32_t w = extent(p.out_c, p.kernel_h, p.kernel_w, p.in_c);
  const uint32_t per_channel = extent(p.out_c, 4);
  const bool fits = x <= bytes[0] && w <= bytes[1] && per_channel <= bytes[2] &&
                    per_channel <= bytes[3] && per_channel <= bytes[4] && y <= bytes[5];
  return fits ? Status::ok : Status::out_of_bounds;
}

// Whether windows are single pixels that lie side by side.
template <class P>
constexpr bool conv2d_pixelwise(const P& p) {
  return p.kernel_h == 1 && p.kernel_w == 1 && p.stride_h == 1 && p.stride_w == 1 &&
         p.pad_top == 0 && p.pad_left == 0 && p.out_h == p.in_h && p.out_w == p.in_w;
}

}  // namespace mote

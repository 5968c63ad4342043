// Sums of products with weights of 8 or 4 bits, for layers that the faster kernels don't take:
// int8 with any zero points or in groups, weights of 4 bits, and float values with integer weights
// (hybrid models). The shape is that of ops/shared/conv: full, grouped and depthwise convolution
// and the fully connected layer.
//
//   sum[o] = sum_{ky, kx, c} (w[...] - w_zero) * (x[...] - x_zero)     x outside its image: nothing
//   int8:   y = clamp(requantise(bias[o] + sum) + output_zero)    core/fixed_point.hpp
//   float:  y = clamp(sum * scale[o] + bias[o]), x_zero = 0
//
// int8 gives TensorFlow Lite's bits. Its float kernels with integer weights quantise x anew at
// every call; here x stays float and the weights are read as they lie in flash.
//
// Weights of 4 bits: two's complement, two in a byte, the first in its low half.
//
// Operands in int8:                              in float:
//   0  x: int8 [batches, in_h, in_w, in_c]         0  x: float
//   1  w: int8 or 4 bits [out_c * taps * group_in]  1  w: int8 or 4 bits
//   2  bias: int32 [out_c]                         2  scale: float [out_c]
//   3  multiplier: int32 [out_c], Q31              3  bias: float [out_c]
//   4  shift: int32 [out_c], [-31, 30]             4  y: float
//   5  y: int8 [batches, out_h, out_w, out_c]
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/conv/conv.hpp"

namespace mote {

#define MOTE_CONV_MIXED_S8_PARAMS(F) \
  MOTE_CONV_SHAPE(F)                 \
  F(int32_t, x_zero)                 \
  F(int32_t, w_zero)                 \
  F(int32_t, output_zero)            \
  F(int32_t, activation_min)         \
  F(int32_t, activation_max)
MOTE_PARAMS(ConvMixedS8Params, MOTE_CONV_MIXED_S8_PARAMS)
#undef MOTE_CONV_MIXED_S8_PARAMS

#define MOTE_CONV_MIXED_F32_PARAMS(F) \
  MOTE_CONV_SHAPE(F)                  \
  F(int32_t, w_zero)                  \
  F(float, activation_min)            \
  F(float, activation_max)
MOTE_PARAMS(ConvMixedF32Params, MOTE_CONV_MIXED_F32_PARAMS)
#undef MOTE_CONV_MIXED_F32_PARAMS

template <int32_t w_bits>
inline Status conv_mixed_s8_check(const ConvMixedS8Params& p, const uint32_t* bytes) {
  const Status shape = conv_check_bits(p, 1, w_bits, bytes, bytes[5]);
  if (shape != Status::ok) return shape;
  const uint32_t per_channel = extent(p.out_c, 4);
  const bool fits = per_channel <= bytes[2] && per_channel <= bytes[3] && per_channel <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status conv_mixed_s8_w8_check(const ConvMixedS8Params& p, const uint32_t* bytes) {
  return conv_mixed_s8_check<8>(p, bytes);
}
inline Status conv_mixed_s8_w4_check(const ConvMixedS8Params& p, const uint32_t* bytes) {
  return conv_mixed_s8_check<4>(p, bytes);
}

template <int32_t w_bits>
inline Status conv_mixed_f32_check(const ConvMixedF32Params& p, const uint32_t* bytes) {
  const Status shape = conv_check_bits(p, 4, w_bits, bytes, bytes[4]);
  if (shape != Status::ok) return shape;
  const uint32_t per_channel = extent(p.out_c, 4);
  return per_channel <= bytes[2] && per_channel <= bytes[3] ? Status::ok : Status::out_of_bounds;
}
inline Status conv_mixed_f32_w8_check(const ConvMixedF32Params& p, const uint32_t* bytes) {
  return conv_mixed_f32_check<8>(p, bytes);
}
inline Status conv_mixed_f32_w4_check(const ConvMixedF32Params& p, const uint32_t* bytes) {
  return conv_mixed_f32_check<4>(p, bytes);
}

struct WeightBytes {
  const int8_t* w;
  MOTE_INLINE int32_t operator()(int32_t at) const { return w[at]; }
};
struct WeightNibbles {
  const uint8_t* w;
  MOTE_INLINE int32_t operator()(int32_t at) const {
    return (((w[at >> 1] >> ((at & 1) << 2)) & 15) ^ 8) - 8;
  }
};

template <class Weight, class P>
MOTE_INLINE void conv_mixed_s8(const P& p, void* const* operands, Weight weight) {
  const auto* bias = static_cast<const int32_t*>(operands[2]);
  const auto* multiplier = static_cast<const int32_t*>(operands[3]);
  const auto* shift = static_cast<const int32_t*>(operands[4]);
  conv_walk_terms<int32_t>(
      p, static_cast<const int8_t*>(operands[0]), static_cast<int8_t*>(operands[5]),
      [&](int8_t x, int32_t at) { return (weight(at) - p.w_zero) * (x - p.x_zero); },
      [&](int32_t o, int32_t sum) {
        const int32_t y = multiply_by_quantized_multiplier(bias[o] + sum, multiplier[o], shift[o]);
        return static_cast<int8_t>(clamp(y + p.output_zero, p.activation_min, p.activation_max));
      });
}

template <class Weight, class P>
MOTE_INLINE void conv_mixed_f32(const P& p, void* const* operands, Weight weight) {
  const auto* scale = static_cast<const float*>(operands[2]);
  const auto* bias = static_cast<const float*>(operands[3]);
  conv_walk_terms<float>(
      p, static_cast<const float*>(operands[0]), static_cast<float*>(operands[4]),
      [&](float x, int32_t at) { return static_cast<float>(weight(at) - p.w_zero) * x; },
      [&](int32_t o, float sum) {
        const float y = sum * scale[o] + bias[o];
        if (y < p.activation_min) return p.activation_min;
        return y > p.activation_max ? p.activation_max : y;
      });
}

}  // namespace mote

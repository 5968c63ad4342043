// Sums of products of int8 whose weights come from a palette: at most 2^bits values, and a stream
// of their indices that is decoded inside the kernel, some output channels at a time, into scratch;
// all pixels are computed with these channels before the next ones are decoded. The shape is that
// of ops/shared/conv: full, grouped and depthwise convolution and the fully connected layer.
//
//   y[b, oy, ox, o] = clamp(requantise(bias[o] + sum_{ky, kx, c} palette[index[o, ky, kx, c]] *
//                           (x[...] - input_zero)) + output_zero)     x outside its image: nothing
//
// The results are those of the kernels that have the same weights as they are. requantise is
// core/fixed_point.hpp's double rounding.
//
// Stream: indices of `bits` bits, the first in the lowest bits of the first word; an index may lie
// across two words. What is decoded together begins in a word of its own: a channel here, a pair of
// channels in conv_palette_s8_armv7em.hpp.
//
// Operands of the reference variant:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  palette: int8 [2^bits]
//   2  indices: uint32 [out_c, palette_words(taps)], taps = kernel_h * kernel_w * group_in
//   3  bias: int32 [out_c]
//   4  multiplier: int32 [out_c], Q31
//   5  shift: int32 [out_c], [-31, 30]
//   6  y: int8 [batches, out_h, out_w, out_c]
//   7  scratch: int8 [taps]
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/conv/conv.hpp"

namespace mote {

// weight_step and tap_step are those of a decoded channel: taps and group_in.
#define MOTE_CONV_PALETTE_PARAMS(F)                              \
  MOTE_CONV_SHAPE(F)                                             \
  F(int32_t, bits)  /* of an index, [1, palette_bits_max] */     \
  F(int32_t, block) /* output channels that are decoded at once; \
                       even, or 1 in the reference */            \
  F(int32_t, input_zero)                                         \
  F(int32_t, output_zero)                                        \
  F(int32_t, activation_min)                                     \
  F(int32_t, activation_max)
MOTE_PARAMS(ConvPaletteParams, MOTE_CONV_PALETTE_PARAMS)
#undef MOTE_CONV_PALETTE_PARAMS

// The params that are constants of P in emitted source, as a table, for a body that layers share.
template <class P>
constexpr ConvPaletteParams conv_palette_params_of() {
  return {P::batches,  P::in_h,       P::in_w,        P::in_c,           P::out_h,
          P::out_w,    P::out_c,      P::kernel_h,    P::kernel_w,       P::stride_h,
          P::stride_w, P::dilation_h, P::dilation_w,  P::pad_top,        P::pad_left,
          P::group_in, P::group_out,  P::weight_step, P::tap_step,       P::bits,
          P::block,    P::input_zero, P::output_zero, P::activation_min, P::activation_max};
}

constexpr int32_t palette_bits_max = 7;
constexpr int32_t palette_taps_max = 1 << 24;

// Words of a stream of `count` indices, at most 4 * palette_taps_max.
constexpr int32_t palette_words(int32_t count, int32_t bits) {
  return static_cast<int32_t>((int64_t{count} * bits + 31) / 32);
}

// Reads a stream of indices, one after the other.
struct PaletteStream {
  const uint32_t* words;
  uint32_t rest;   // of the word that was read last, from its lowest bit on
  int32_t unread;  // bits of it

  MOTE_INLINE uint32_t next(int32_t bits) {
    uint32_t index = rest;
    if (unread < bits) {
      const uint32_t word = *words++;
      index |= word << unread;
      rest = word >> (bits - unread);
      unread += 32 - bits;
    } else {
      rest >>= bits;
      unread -= bits;
    }
    return index & ((1u << bits) - 1u);
  }
};

inline uint32_t conv_palette_taps(const ConvPaletteParams& p) {
  return extent(p.kernel_h, p.kernel_w, p.group_in);
}

// What both variants ask of the params, of x and palette, operands 0 and 1, and of y.
inline Status conv_palette_check_shape(const ConvPaletteParams& p, const uint32_t* bytes,
                                       uint32_t y_bytes) {
  const Status shape = conv_check_bits(p, 1, 0, bytes, y_bytes);
  if (shape != Status::ok) return shape;
  const uint32_t taps = conv_palette_taps(p);
  const bool good = p.bits >= 1 && p.bits <= palette_bits_max && taps <= palette_taps_max &&
                    static_cast<uint32_t>(p.weight_step) == taps && p.tap_step == p.group_in;
  if (!good) return Status::bad_params;
  return 1u << p.bits <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

inline Status conv_palette_s8_check(const ConvPaletteParams& p, const uint32_t* bytes) {
  const Status shape = conv_palette_check_shape(p, bytes, bytes[6]);
  if (shape != Status::ok) return shape;
  const auto taps = static_cast<int32_t>(conv_palette_taps(p));
  const uint32_t per_channel = extent(p.out_c, 4);
  const bool fits = extent(p.out_c, palette_words(taps, p.bits), 4) <= bytes[2] &&
                    per_channel <= bytes[3] && per_channel <= bytes[4] && per_channel <= bytes[5] &&
                    static_cast<uint32_t>(taps) <= bytes[7];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

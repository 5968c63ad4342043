// The inner loop of convolution and fully connected layers on cores with the DSP extension: dot
// products of a few input vectors ("pixels") with packed weights, requantised to int8.
//
// Taps are stored as int16 pairs. Weights of two output channels c0, c1 share a word with a pair of
// taps k0, k1: its halves are h(k) = w[c0, k] + 256 * w[c1, k]. SXTB16 of the word gives the pair
// of c0 again, and the word itself, taken as a pair of int16, accumulates
//   T = sum_k x[k] * h(k) = S0 + 256 * S1,   S0 = sum_k x[k] * w[c0, k], S1 alike for c1,
// so S1 = (T - S0) / 256, exact modulo 2^32 as long as |S1| < 2^23. One SXTB16 thus serves four
// weights, and 4 pixels x 2 channels x 2 taps (16 products) take 12 instructions.
//
// Requantisation (core/fixed_point.hpp's double rounding) of a sum S with multiplier m and right
// shift s >= 1 is, with the output's zero point z, when |S| < 2^30 and nothing below overflows,
//   (addend + sign + SMMULR(2 * S, m)) >> s,  addend = 2^(s-1) + z * 2^s, sign = S < 0 ? -1 : 0,
// because SMMULR(2 * S, m) = (S * m + 2^30) >> 31 and halves are rounded away from zero. The host
// proves these bounds for each channel before it chooses a kernel that works this way. Where z is
// the least that the activation allows, every negative sum is clamped to it with or without `sign`,
// which dot_block_4<false> leaves out.
//
// Packed weights, per pair of channels, in words:
//   bias'[c0], bias'[c0] + 256 * bias'[c1], `pairs` words of weights,
//   m0, addend0, s0, m1, addend1, s1
#pragma once

#include <cstdint>

#include "core/dsp.hpp"

namespace mote {

struct DotBlock {
  const uint32_t* packed;      // weights of `channels / 2` channel pairs
  const uint32_t* packed_end;  // where they end
  const uint32_t* x;           // tap pairs of the pixels, interleaved word by word
  const uint32_t* x_end;       // where they end: x + pairs * pixels
  int8_t* y;                   // channel c of pixel i goes to y[i * y_stride + c]
  int32_t y_stride;
  uint32_t low;      // activation minimum in all four bytes
  uint32_t high;     // activation maximum in all four bytes
  uint32_t clamped;  // 0 when the activation range is [-128, 127]
  uint32_t odd;      // bit 1 of `pairs`; `pairs` is even
};

// Words of packed weights for one pair of channels.
constexpr int32_t dot_block_words(int32_t pairs) {
  return pairs + 8;
}

}  // namespace mote

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#include "core/dot_block_armv7em.hpp"
#else
#include "core/dot_block_portable.hpp"
#endif

namespace mote {

// Expands `count` int8 values from `x` (any alignment) into tap pairs (0, 2), (1, 3) of each four;
// missing values of the last four are 0. Consecutive pairs go to words `step` apart. Result: where
// the next pair goes.
template <int step>
__attribute__((noinline)) uint32_t* expand_taps(uint32_t* to, const int8_t* x, int32_t count) {
  for (const int8_t* const end = x + (count & ~7); x != end; x += 8) {
    const uint32_t first = load_word(x);
    const uint32_t second = load_word(x + 4);
    to[0] = sxtb16(first);
    to[step] = sxtb16_odd(first);
    to[2 * step] = sxtb16(second);
    to[3 * step] = sxtb16_odd(second);
    to += 4 * step;
  }
  for (count &= 7; count > 0; count -= 4, x += 4) {
    uint32_t four = 0;
    if (count >= 4) {
      four = load_word(x);
    } else {
      for (int32_t i = 0; i < count; ++i) {
        four |= (static_cast<uint32_t>(x[i]) & 0xffu) << (8 * i);
      }
    }
    to[0] = sxtb16(four);
    to[step] = sxtb16_odd(four);
    to += 2 * step;
  }
  return to;
}

inline uint32_t* expand_taps(uint32_t* to, const int8_t* x, int32_t count, int32_t step) {
  return step == 4 ? expand_taps<4>(to, x, count) : expand_taps<1>(to, x, count);
}

// One value in all four bytes.
inline uint32_t four_bytes(int32_t value) {
  return (static_cast<uint32_t>(value) & 0xffu) * 0x01010101u;
}

// Packed weights of a layer, and what its outputs are clamped to.
struct DotLayer {
  const uint32_t* packed;
  int32_t pairs;  // even
  int32_t out_c;
  int32_t activation_min;
  int32_t activation_max;
};

// Tap pairs of `taps` taps: whole fours.
constexpr int32_t dot_pairs(int32_t taps) {
  return (taps + 3) / 4 * 2;
}

using DotBlockRun = void (*)(const DotBlock*);

// All output channels of `pixels` pixels. block: of all channel pairs, an odd last channel left
// out.
inline void dot_channels(const DotLayer& layer, DotBlock& block, int32_t pixels, DotBlockRun run) {
  int8_t* const y = block.y;
  if (layer.out_c > 1) run(&block);
  if ((layer.out_c & 1) == 0) return;
  // The last channel's partner isn't there: both land in a corner of their own.
  int8_t last[8];
  block.packed = block.packed_end;
  block.packed_end += dot_block_words(layer.pairs);
  block.y = last;
  block.y_stride = 2;
  run(&block);
  for (int32_t i = 0; i < pixels; ++i) y[i * layer.out_c + layer.out_c - 1] = last[2 * i];
}

inline DotBlock dot_block_of(const DotLayer& layer, const uint32_t* x, int32_t words, int8_t* y,
                             uint32_t odd) {
  return {layer.packed,
          layer.packed + (layer.out_c >> 1) * dot_block_words(layer.pairs),
          x,
          x + words,
          y,
          layer.out_c,
          four_bytes(layer.activation_min),
          four_bytes(layer.activation_max),
          layer.activation_min != -128 || layer.activation_max != 127,
          odd};
}

// All output channels of four pixels, or of one. x: tap pairs, interleaved over the pixels;
// y: int8 [pixels, out_c]. sign: whether halves of negative sums matter; see above.
template <bool sign>
__attribute__((noinline)) void dot_pixels(const DotLayer& layer, const uint32_t* x, int32_t pixels,
                                          int8_t* y) {
  DotBlock block =
      dot_block_of(layer, x, layer.pairs * pixels, y, static_cast<uint32_t>(layer.pairs) & 2u);
  dot_channels(layer, block, pixels, pixels == 4 ? dot_block_4<sign> : dot_block_1);
}

// All output channels of one vector that is read in place. x: int8 [2 * pairs], aligned to 4.
__attribute__((noinline)) inline void dot_bytes(const DotLayer& layer, const uint32_t* x,
                                                int8_t* y) {
  const int32_t words = layer.pairs / 2;
  DotBlock block = dot_block_of(layer, x, words, y, static_cast<uint32_t>(words) & 1u);
  dot_channels(layer, block, 1, dot_block_bytes);
}

}  // namespace mote

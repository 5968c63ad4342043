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
// proves these bounds for each channel before it chooses a kernel that works this way.
//
// Where z is the least that the activation allows, every negative sum is clamped to it with or
// without `sign`. Kernels with sign = false leave it out, and take S of c0 and 256 * S of c1 as the
// accumulators give them, with the constants of compiler/ir/scaled_requantization.hpp.
//
// Packed weights, per pair of channels, in words:
//   bias'[c0], bias'[c0] + 256 * bias'[c1], `pairs` words of weights,
//   m0, addend0, s0, m1, addend1, s1
// with the corrections of c0 and c1 added to the first two if sign = false.
#pragma once

#include <cstdint>

#include "core/dsp.hpp"

namespace mote {

// The order of the fields is the assembly's.
struct DotBlock {
  int8_t* y;  // channel c of pixel i goes to y[i * y_stride + c]
  int32_t y_stride;
  uint32_t clamped;            // 0 when the activation range is [-128, 127]
  const uint32_t* packed_end;  // where the weights end
  const uint32_t* x;           // tap pairs of the pixels, interleaved word by word
  const uint32_t* x_end;       // where they end: x + pairs * pixels
  uint32_t odd;  // whether x, without the first 2 pairs for four pixels, isn't whole fours of words
                 // per pixel; `pairs` is even
  uint32_t low;  // activation minimum in all four bytes
  uint32_t high;           // activation maximum in all four bytes
  const uint32_t* packed;  // weights of `channels / 2` channel pairs
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

// A block of four vectors or of one; its y is to be set. x: their tap pairs.
__attribute__((noinline)) inline DotBlock dot_block_of(const DotLayer& layer, const uint32_t* x,
                                                       int32_t vectors) {
  const auto pairs = static_cast<uint32_t>(vectors == 4 ? layer.pairs - 2 : layer.pairs);
  return {nullptr,
          layer.out_c,
          layer.activation_min != -128 || layer.activation_max != 127,
          layer.packed + (layer.out_c >> 1) * dot_block_words(layer.pairs),
          x,
          x + layer.pairs * vectors,
          pairs & 2u,
          four_bytes(layer.activation_min),
          four_bytes(layer.activation_max),
          layer.packed};
}

using DotBlockRun = void (*)(const DotBlock*);

// The last of an odd number of output channels. Its partner isn't there: both land in a corner of
// their own.
__attribute__((noinline)) inline void dot_last_channel(const DotLayer& layer, const DotBlock& all,
                                                       int32_t vectors, DotBlockRun run) {
  int8_t last[8];
  DotBlock block = all;
  block.packed = all.packed_end;
  block.packed_end += dot_block_words(layer.pairs);
  block.y = last;
  block.y_stride = 2;
  run(&block);
  for (int32_t i = 0; i < vectors; ++i) all.y[(i + 1) * layer.out_c - 1] = last[2 * i];
}

// All output channels of the block's vectors.
inline void dot_channels(const DotLayer& layer, const DotBlock& block, int32_t vectors,
                         DotBlockRun run) {
  if (layer.out_c > 1) run(&block);
  if ((layer.out_c & 1) != 0) dot_last_channel(layer, block, vectors, run);
}

// All output channels of four vectors or of one, whose tap pairs are in block.x. y: int8 [vectors,
// out_c]. sign: whether halves of negative sums matter; see above.
template <bool sign>
void dot_four(const DotLayer& layer, DotBlock& block, int8_t* y) {
  block.y = y;
  dot_channels(layer, block, 4, dot_block_4<sign>);
}

template <bool sign>
__attribute__((noinline)) void dot_one(const DotLayer& layer, const uint32_t* x, int8_t* y) {
  DotBlock block = dot_block_of(layer, x, 1);
  block.y = y;
  dot_channels(layer, block, 1, dot_block_1<sign>);
}

// All output channels of `vectors` vectors. x: int8 [vectors, taps]; y: int8 [vectors, out_c];
// pairs: room for four vectors' tap pairs, or for one's if there are fewer than four.
template <bool sign>
__attribute__((noinline)) void dot_vectors(const DotLayer& layer, const int8_t* x, int32_t taps,
                                           int32_t vectors, int8_t* y, uint32_t* pairs) {
  DotBlock block = dot_block_of(layer, pairs, 4);
  for (; vectors >= 4; vectors -= 4) {
    if (taps % 4 == 0) {
      expand_four(pairs, x, taps);
    } else {
      for (int32_t i = 0; i < 4; ++i) expand_taps<4>(pairs + i, x + i * taps, taps);
    }
    dot_four<sign>(layer, block, y);
    x += 4 * taps;
    y += 4 * layer.out_c;
  }
  for (; vectors > 0; --vectors) {
    expand_taps<1>(pairs, x, taps);
    dot_one<sign>(layer, pairs, y);
    x += taps;
    y += layer.out_c;
  }
}

// All output channels of one vector that is read in place. x: int8 [2 * pairs], aligned to 4.
__attribute__((noinline)) inline void dot_bytes(const DotLayer& layer, const uint32_t* x,
                                                int8_t* y) {
  const int32_t words = layer.pairs / 2;
  DotBlock block = dot_block_of(layer, x, 1);
  block.x_end = x + words;
  block.odd = static_cast<uint32_t>(words) & 1u;
  block.y = y;
  dot_channels(layer, block, 1, dot_block_bytes);
}

}  // namespace mote

// The inner loop of convolution on 32-bit cores without SIMD: two int8 products by one 32-bit
// multiplication.
//
// A word holds one tap of two pixels, x0 + 2^16 * x1. Times a weight w it is x0*w + 2^16 * x1*w, so
// one accumulator sums both pixels' products as long as the lower sum stays inside its 16 bits. The
// host knows the weights, hence how far that is certain: it marks after which taps an accumulator
// has to be emptied (the end of a "run"). Accumulators start at 0x7f007f00, which makes both halves
// non-negative: a run's sum has to lie in [-0x7f00, 0xffff - 0x7f00], and any two int8 weights give
// one. With
//   all = sum of the accumulators at the ends of all runs, modulo 2^32,
//   high = sum of their upper halves,
// the pixels' sums are all - 2^16 * high and high, both too large by 0x7f00 for each run, which the
// host takes off the bias. Nothing is rounded: the result is exact.
//
// Four pixels (two words a tap) go with two output channels, so two loads of pixels and two of
// weights serve four multiplications, which are eight products.
//
// Packed weights, in words, per pair of channels c0, c1 (the last of an odd count goes with
// itself):
//   bias[c0], bias[c1], m[c0], m[c1], s[c0] + 256 * s[c1],
//   marks: one bit for two taps, from the top bit on; 1: a run ends here,
//   weights: int8 [2, 2 * tap_pairs], an odd last tap weighs 0.
// m and s are the multiplier and right shift of core/dot_generic.hpp.
#pragma once

#include <cstdint>

#include "core/dot_generic.hpp"

namespace mote {

// Where an accumulator starts.
constexpr uint32_t dot_pairs_start = 0x7f007f00;
// What each run adds to both sums.
constexpr int32_t dot_pairs_excess = 0x7f00;
// Two taps each: as many as a word of marks covers. A run never goes on over the end of a word.
constexpr int32_t dot_pairs_per_mark_word = 32;
constexpr int32_t dot_pairs_pixels = 4;

constexpr int32_t dot_tap_pairs(int32_t taps) {
  return (taps + 1) / 2;
}
constexpr int32_t dot_mark_words(int32_t tap_pairs) {
  return (tap_pairs + dot_pairs_per_mark_word - 1) / dot_pairs_per_mark_word;
}
constexpr int32_t dot_pairs_head_words = 5;
// Words of packed weights for two channels.
constexpr int32_t dot_pairs_words(int32_t tap_pairs) {
  return dot_pairs_head_words + dot_mark_words(tap_pairs) + tap_pairs;
}

// What is summed: the taps of four pixels times two channels' weights.
struct DotPairsRun {
  const uint32_t* x;      // [2 * tap_pairs, 2]: pixels 0 and 1, pixels 2 and 3
  const int8_t* weights;  // [2, 2 * tap_pairs]
  const uint32_t* marks;
  int32_t tap_pairs;
};

// Sums of the four accumulators: channel 0 of pixels 0 and 1, of pixels 2 and 3, then channel 1.
struct DotPairsSums {
  uint32_t all[4];
  uint32_t high[4];
};

}  // namespace mote

#if defined(__thumb2__)
#include "core/dot_pairs_armv7m.hpp"
#elif defined(__thumb__)
#include "core/dot_pairs_armv6m.hpp"
#elif defined(__riscv_mul) && __riscv_xlen == 32
#include "core/dot_pairs_riscv32.hpp"
#else
#include "core/dot_pairs_portable.hpp"
#endif

namespace mote {

// One tap of two pixels in a word.
inline uint32_t pixel_pair(int32_t first, int32_t second) {
  return static_cast<uint32_t>(first) + (static_cast<uint32_t>(second) << 16);
}

// `count` bytes of each of four pixels, word by word. Result: where the next tap goes.
__attribute__((noinline)) inline uint32_t* pack_pixels(uint32_t* to, const int8_t* const* pixels,
                                                       int32_t count) {
  const int8_t *a = pixels[0], *b = pixels[1], *c = pixels[2], *d = pixels[3];
#pragma GCC unroll 2
  for (const int8_t* const end = a + count; a != end; to += 2) {
    to[0] = pixel_pair(*a++, *b++);
    to[1] = pixel_pair(*c++, *d++);
  }
  return to;
}

// Packed weights of a layer, and what becomes of its sums.
struct DotPairsLayer {
  const uint32_t* packed;
  int32_t tap_pairs;
  int32_t out_c;
  int32_t output_zero;
  ClampRange range;
  int32_t y_step;  // from a pixel's outputs to the next one's: out_c, or of more channels
};

// Requantises one channel's sums. y: output of the first pixel, the next `step` further on.
inline void store_pixels(const DotPairsSums& sums, int32_t c, int32_t bias,
                         const GenericChannel& channel, ClampRange range, int32_t last,
                         int32_t step, int8_t* y) {
  const uint32_t* const all = sums.all + 2 * c;
  const uint32_t* const high = sums.high + 2 * c;
  const auto start = static_cast<uint32_t>(bias);
  const auto store = [&](uint32_t sum) {
    *y = static_cast<int8_t>(requantise_right(static_cast<int32_t>(sum + start), channel, range));
    y += step;
  };
  const uint32_t first = high[0], second = high[1];
  const uint32_t zeroth = all[0] - (first << 16), between = all[1] - (second << 16);
  store(zeroth);
  if (last >= 1) store(first);
  if (last >= 2) store(between);
  if (last >= 3) store(second);
}

// All output channels of four pixels. x: [2 * tap_pairs, 2]; y: int8 [last + 1, y_step], the
// outputs of pixels beyond the last are not stored.
__attribute__((noinline)) inline void dot_pairs(const DotPairsLayer& layer, const uint32_t* x,
                                                int8_t* y, int32_t last) {
  const uint32_t* packed = layer.packed;
  const int32_t tap_pairs = layer.tap_pairs, step = layer.y_step;
  const ClampRange range = layer.range;
  const auto zero = static_cast<uint32_t>(2 * layer.output_zero + 1);
  for (int32_t left = layer.out_c; left > 0; left -= 2, y += 2) {
    const uint32_t* const marks = packed + dot_pairs_head_words;
    const uint32_t* const weights = marks + dot_mark_words(tap_pairs);
    DotPairsSums sums;
    const DotPairsRun run{x, reinterpret_cast<const int8_t*>(weights), marks, tap_pairs};
    dot_pairs_run(&run, &sums);
    for (int32_t c = 0; c < 2 && c < left; ++c) {
      const uint32_t shift = packed[4] >> (8 * c) & 31u;
      const GenericChannel channel{0, static_cast<int32_t>(packed[2 + c]),
                                   static_cast<int32_t>(zero << ((shift - 1) & 31u)),
                                   static_cast<int32_t>(shift)};
      store_pixels(sums, c, static_cast<int32_t>(packed[c]), channel, range, last, step, y + c);
    }
    packed = weights + tap_pairs;
  }
}

}  // namespace mote

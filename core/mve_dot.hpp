// The inner loop of convolution and fully connected layers on cores with the vector extension of
// Armv8.1-M: dot products of one or two input vectors ("pixels") with the weights of four output
// channels, requantised to int8 four at a time.
//
// VMLADAVA adds sixteen products to a core register with an even number. There are eight of those,
// so two pixels meet four channels: 6 loads feed 8 multiplications of 16 products each. With up to
// 32 taps requantisation is most of the work: there four pixels meet four channels, one after the
// other, so that each vector of sums is of one channel, whose constants are in core registers. One
// or two blocks of sixteen taps of the pixels stay in vectors, or one in vectors and one in memory.
//
// Requantisation is core/dot_block.hpp's: of a sum S with multiplier m and right shift s >= 1,
//   (addend + sign + VQRDMULH(S, m)) >> s,  addend = 2^(s-1) + z * 2^s, sign = S < 0 ? -1 : 0.
// `sign` rounds halves of negative sums away from zero; where the output's zero point is the least
// that the activation allows, all of those are clamped anyway and it is left out.
//
// Packed weights, per group of four channels, in words: 4 x bias', blocks of sixteen taps of each
// of the four (64 bytes; missing taps and channels are 0), 4 x m, 4 x addend, 4 x (24 - s). The
// last is a shift to the left that puts the output into the top byte and saturates it there.
#pragma once

#include <cstdint>

namespace mote {

// The order of the fields is the assembly's.
struct MveDot {
  int8_t* y;                   // channel c of pixel i goes to y[i * y_step + c]
  int32_t taps;                // >= 1
  const int8_t* x;             // first pixel
  const uint32_t* packed_end;  // where the weights of the groups end
  const uint32_t* packed;
  const int8_t* x_second;  // two pixels: the second
  int32_t y_step;          // two pixels
  int32_t blocks;          // of sixteen taps
  int32_t min;             // clamp
  int32_t max;
  int32_t pairs;   // of pixels, >= 1; two pixels only
  int32_t x_step;  // bytes from a pair to the next
};

// The order of the fields is the assembly's.
struct MveDotFew {
  int8_t* y;               // aligned to 4; channel c of pixel i goes to y[i * y_step + c]
  const uint32_t* packed;  // weights of `groups` groups of one or two blocks each
  const int8_t* x;         // the first pixel; whole blocks of all pixels can be read
  int32_t x_step;          // bytes from a pixel to the next
  int32_t y_step;          // a multiple of 4
  int32_t groups;          // of four channels, >= 1
  int32_t fours;           // of pixels, >= 1
  uint32_t clamped;        // 0 when the activation range is [-128, 127]
  int32_t min;
  int32_t max;
};

constexpr int32_t mve_block_taps = 16;
constexpr int32_t mve_group_channels = 4;

constexpr int32_t mve_dot_blocks(int32_t taps) {
  return (taps + mve_block_taps - 1) / mve_block_taps;
}

// Words of packed weights for one group of channels.
constexpr int32_t mve_group_words(int32_t taps) {
  return 16 + mve_dot_blocks(taps) * mve_block_taps;
}

}  // namespace mote

// mve_dot_1(dot): one pixel of `taps` taps; reads no byte beyond them.
// mve_dot_2<sign>(dot): pairs of pixels; reads whole blocks of them. sign: see above.
// mve_dot_few<blocks>(dot): fours of pixels of one or two blocks of taps; leaves the sign out.
#if defined(__ARM_FEATURE_MVE)
#include "core/mve_dot_armv81m.hpp"
#else
#include "core/mve_dot_portable.hpp"
#endif

namespace mote {

// Packed weights of a layer, and what its outputs are clamped to.
struct MveLayer {
  const uint32_t* packed;
  int32_t taps;
  int32_t out_c;
  int32_t activation_min;
  int32_t activation_max;
  bool sign;  // whether halves of negative sums matter
};

// All output channels of one pixel, or of two: x_second is null or the second one. x: int8 [taps],
// of two pixels whole blocks that may be read; y: int8 [1 or 2, out_c].
__attribute__((noinline)) inline void mve_dot_pixels(const MveLayer& layer, const int8_t* x,
                                                     const int8_t* x_second, int8_t* y) {
  const int32_t words = mve_group_words(layer.taps);
  const int32_t groups = layer.out_c / mve_group_channels;
  MveDot dot{y,
             layer.taps,
             x,
             layer.packed + groups * words,
             layer.packed,
             x_second,
             layer.out_c,
             mve_dot_blocks(layer.taps),
             layer.activation_min,
             layer.activation_max,
             1,
             0};
  const auto run =
      x_second == nullptr ? mve_dot_1 : (layer.sign ? mve_dot_2<true> : mve_dot_2<false>);
  if (groups > 0) run(&dot);
  const int32_t left = layer.out_c % mve_group_channels;
  if (left == 0) return;
  // The last channels' partners aren't there: the group lands in a corner of its own.
  int8_t last[2 * mve_group_channels];
  dot.packed = dot.packed_end;
  dot.packed_end += words;
  dot.y = last;
  dot.y_step = mve_group_channels;
  run(&dot);
  y += groups * mve_group_channels;
  for (int32_t c = 0; c < left; ++c) {
    y[c] = last[c];
    if (x_second != nullptr) y[layer.out_c + c] = last[mve_group_channels + c];
  }
}

// All output channels of pairs of pixels that lie `step` bytes apart and may be read in whole
// blocks.
inline void mve_dot_pairs(const MveLayer& layer, const int8_t* x, int32_t step, int32_t pairs,
                          int8_t* y) {
  if (pairs == 0) return;
  if (layer.out_c % mve_group_channels != 0) {
    for (; pairs > 0; --pairs) {
      mve_dot_pixels(layer, x, x + step, y);
      x += 2 * step;
      y += 2 * layer.out_c;
    }
    return;
  }
  const int32_t groups = layer.out_c / mve_group_channels;
  const MveDot dot{y,
                   layer.taps,
                   x,
                   layer.packed + groups * mve_group_words(layer.taps),
                   layer.packed,
                   x + step,
                   layer.out_c,
                   mve_dot_blocks(layer.taps),
                   layer.activation_min,
                   layer.activation_max,
                   pairs,
                   2 * step};
  (layer.sign ? mve_dot_2<true> : mve_dot_2<false>)(&dot);
}

// Whether mve_dot_fours() can do a layer.
inline bool mve_dot_few_fits(const MveLayer& layer) {
  return !layer.sign && layer.taps <= 2 * mve_block_taps && layer.out_c % mve_group_channels == 0;
}

// All output channels of fours of pixels that lie `step` bytes apart and may be read in whole
// blocks. y: aligned to 4.
inline void mve_dot_fours(const MveLayer& layer, const int8_t* x, int32_t step, int32_t fours,
                          int8_t* y) {
  if (fours == 0) return;
  const MveDotFew dot{y,
                      layer.packed,
                      x,
                      step,
                      layer.out_c,
                      layer.out_c / mve_group_channels,
                      fours,
                      layer.activation_min != -128 || layer.activation_max != 127,
                      layer.activation_min,
                      layer.activation_max};
  (layer.taps <= mve_block_taps ? mve_dot_few<1> : mve_dot_few<2>)(&dot);
}

}  // namespace mote

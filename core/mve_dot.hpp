// The inner loop of convolution and fully connected layers on cores with the vector extension of
// Armv8.1-M: dot products of one or two input vectors ("pixels") with the weights of four output
// channels, requantised to int8 four at a time.
//
// VMLADAV adds sixteen products to a core register with an even number. There are eight of those,
// so four pixels meet two channels: 6 loads feed 8 multiplications of 16 products each. Each vector
// of sums is of one channel, whose constants are in core registers, and the outputs of four
// channels are stored together. With up to 32 taps, one or two blocks of sixteen, requantisation is
// most of the work: there the pixels' first blocks stay in vectors and meet one channel after the
// other. Where channels aren't whole fours, two pixels meet four channels, with constants in
// vectors.
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

#include "core/kernel.hpp"

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
struct MveDotFours {
  int8_t* y;               // aligned to 4; channel c of pixel i goes to y[i * y_step + c]
  const uint32_t* packed;  // weights of the groups
  const int8_t* x;         // the first pixel; whole blocks of all pixels can be read
  int32_t x_step;          // bytes from a pixel to the next
  int32_t y_step;          // a multiple of 4
  int32_t groups;          // of four channels, >= 1
  int32_t fours;           // of pixels, >= 1
  uint32_t clamped;        // 0 when the activation range is [-128, 127]
  int32_t min;
  int32_t max;
  int32_t more;  // blocks of taps after the first, rounded up to an even number
  int32_t odd;   // 1 if they are odd, else 0
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
// mve_dot_4<blocks, sign>(dot): fours of pixels of one or two blocks of taps; 0: of any number.
#if defined(__ARM_FEATURE_MVE)
#include "core/mve_dot_armv81m.hpp"
#else
#include "core/mve_dot_portable.hpp"
#endif

namespace mote {

using MveDotRun = void (*)(const MveDot*);
using MveDotFoursRun = void (*)(const MveDotFours*);

// How fours of pixels are done; null where out_c isn't a multiple of 4. Folded in emitted source,
// so that a layer links nothing else.
MOTE_INLINE MveDotFoursRun mve_fours_run(int32_t taps, int32_t out_c, bool sign) {
  if (out_c % mve_group_channels != 0) return nullptr;
  if (taps <= mve_block_taps) return sign ? mve_dot_4<1, true> : mve_dot_4<1, false>;
  if (taps <= 2 * mve_block_taps) return sign ? mve_dot_4<2, true> : mve_dot_4<2, false>;
  return sign ? mve_dot_4<0, true> : mve_dot_4<0, false>;
}

// How pairs of pixels are done where fours aren't; else null.
MOTE_INLINE MveDotRun mve_pairs_run(int32_t out_c, bool sign) {
  if (out_c % mve_group_channels == 0) return nullptr;
  return sign ? mve_dot_2<true> : mve_dot_2<false>;
}

// Packed weights of a layer, and what its outputs are clamped to.
struct MveLayer {
  const uint32_t* packed;
  int32_t taps;
  int32_t out_c;
  int32_t activation_min;
  int32_t activation_max;
  MveDotFoursRun fours;  // or null: one by one, or in pairs
  MveDotRun pairs;       // or null: one by one
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
  const MveDotRun run = x_second == nullptr ? mve_dot_1 : layer.pairs;
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

// All output channels of `pixels` pixels that lie `step` bytes apart. y: int8 [pixels, out_c],
// aligned to 4 if out_c is a multiple of it; readable: bytes that may be read from x on.
__attribute__((noinline)) inline void mve_dot_all(const MveLayer& layer, const int8_t* x,
                                                  int32_t step, int32_t readable, int32_t pixels,
                                                  int8_t* y) {
  // Pixels without a whole block behind them go one by one.
  const int32_t blocks = mve_dot_blocks(layer.taps);
  int32_t whole = pixels;
  while (whole > 0 && readable - (whole - 1) * step < blocks * mve_block_taps) --whole;
  int32_t done = 0;
  if (layer.fours != nullptr && whole >= 4) {
    const MveDotFours dot{y,
                          layer.packed,
                          x,
                          step,
                          layer.out_c,
                          layer.out_c / mve_group_channels,
                          whole / 4,
                          layer.activation_min != -128 || layer.activation_max != 127,
                          layer.activation_min,
                          layer.activation_max,
                          blocks / 2 * 2,
                          (blocks - 1) % 2};
    layer.fours(&dot);
    done = whole / 4 * 4;
  }
  if (layer.pairs != nullptr) {
    for (; done + 2 <= whole; done += 2) {
      const int8_t* const first = x + done * step;
      mve_dot_pixels(layer, first, first + step, y + done * layer.out_c);
    }
  }
  for (; done < pixels; ++done) {
    mve_dot_pixels(layer, x + done * step, nullptr, y + done * layer.out_c);
  }
}

}  // namespace mote

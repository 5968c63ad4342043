// The inner loop of 3 x 3 depthwise convolution on cores with the DSP extension.
//
// Channels lie side by side in memory, so no word holds two taps of one channel. A "pair row" P(j)
// brings them together: for every column and channel it holds the padded input rows 2j and 2j + 1
// as two int16. An output row needs two pair rows, P(j) and P(j + 1), of which it uses three input
// rows; the fourth weighs 0. Rows that start at an even padded row use the weights (w0, w1), (w2,
// 0), odd ones (0, w0), (w1, w2): six SMLAD for nine products. A walk goes along an output row in
// one channel with its six weight words in registers and adds each column to the three outputs that
// see it (two with stride 2).
//
// All weights and the bias are doubled, so the sum is 2 * S as core/dot_block.hpp's requantisation
// wants it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dsp.hpp"

namespace mote {

// One channel's constants, as they stand in the packed weights.
struct DepthwiseChannel {
  uint32_t taps[3];  // of column kx: bytes w(ky = 0), w(1), w(2), 0
  int32_t bias;      // 2 * bias'
  int32_t multiplier;
  int32_t addend;
  int32_t shift;
};

struct DepthwiseWalk {
  uint32_t first[3];   // weights for P(j), by kx
  uint32_t second[3];  // weights for P(j + 1)
  int32_t row_bytes;   // from P(j) to P(j + 1)
  int32_t bias;
  int32_t multiplier;
  int32_t addend;
  int32_t shift;
  int32_t y_step;  // bytes from one output to the next
};

// Channels that are walked side by side: one word of int8.
constexpr int32_t depthwise_lanes = 4;

// Words of one column of a pair row.
constexpr int32_t depthwise_column_words = depthwise_lanes;

// Sets weights for output rows that start at an even padded row.
inline void depthwise_even_rows(DepthwiseWalk& walk, const DepthwiseChannel& channel) {
  for (int kx = 0; kx < 3; ++kx) {
    const uint32_t outer = sxtb16(channel.taps[kx]);      // w0, w2
    const uint32_t inner = sxtb16_odd(channel.taps[kx]);  // w1, 0
    walk.first[kx] = double_halves(pack_bottoms(outer, inner));
    walk.second[kx] = double_halves(outer >> 16);
  }
}

inline void depthwise_odd_rows(DepthwiseWalk& walk, const DepthwiseChannel& channel) {
  for (int kx = 0; kx < 3; ++kx) {
    const uint32_t outer = sxtb16(channel.taps[kx]);
    const uint32_t inner = sxtb16_odd(channel.taps[kx]);
    walk.first[kx] = double_halves(outer << 16);
    walk.second[kx] = double_halves(pack_bottom_top(inner, outer));
  }
}

// Makes `columns` columns of a pair row of four channels. Each input moves `step` bytes per column.
__attribute__((noinline)) inline uint32_t* depthwise_pair_columns(uint32_t* to, const int8_t* upper,
                                                                  int32_t upper_step,
                                                                  const int8_t* lower,
                                                                  int32_t lower_step,
                                                                  int32_t columns) {
  for (uint32_t* const end = to + columns * depthwise_column_words; to != end;
       to += depthwise_column_words) {
    const uint32_t a = load_word(upper);
    const uint32_t b = load_word(lower);
    upper += upper_step;
    lower += lower_step;
    const uint32_t a_even = sxtb16(a), a_odd = sxtb16_odd(a);
    const uint32_t b_even = sxtb16(b), b_odd = sxtb16_odd(b);
    to[0] = pack_bottoms(a_even, b_even);
    to[1] = pack_bottoms(a_odd, b_odd);
    to[2] = pack_tops(a_even, b_even);
    to[3] = pack_tops(a_odd, b_odd);
  }
  return to;
}

}  // namespace mote

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#include "core/depthwise_walk_armv7em.hpp"
#else
#include "core/depthwise_walk_portable.hpp"
#endif

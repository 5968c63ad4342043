// The inner loop of 3 x 3 depthwise convolution on cores with the DSP extension.
//
// Channels lie side by side in memory, so no word holds two taps of one channel. A "pair row" P(j)
// brings them together: for every channel and column it holds the padded input rows 2j and 2j + 1
// as two int16. Two output rows need the same two pair rows, P(j) and P(j + 1), of which each uses
// three input rows; with A = (w0, w1) and B = (w1, w2) of a column of weights,
//   upper row: SMLAD(P(j), A) + bottom(P(j + 1)) * top(B)
//   lower row: top(P(j)) * bottom(A) + SMLAD(P(j + 1), B)
// are six multiplications for nine products each. With stride 2 there is the upper row alone. A
// walk goes along output rows in one channel, two columns at a time: 2 x 2 outputs, or 1 x 2.
//
// Weights are multiplied by 256 while their bytes become int16, so sums are
// compiler/ir/scaled_requantization.hpp's with a scale of 8.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dsp.hpp"

namespace mote {

// One channel's constants, as they stand in the packed weights.
struct DepthwiseChannel {
  uint32_t taps[3];  // of column kx: bytes w(ky = 1), w(0), w(2), w(1)
  int32_t bias;      // 256 * bias' + correction
  int32_t multiplier;
  int32_t addend;
  int32_t shift;
};

// What one walk does; the order of the fields is the assembly's. Outputs that the image doesn't
// have land on one that it has and is stored after them.
struct DepthwiseWalk {
  int32_t multiplier;
  int32_t addend;
  int32_t shift;
  int32_t down;         // of the walk: bytes from an output to the one below
  int32_t right;        // of the walk: bytes from an output to the next
  int32_t diagonal;     // of the walk
  const uint32_t* end;  // of the walk
  uint32_t upper[3];    // A, by kx
  int32_t bias;
  uint32_t lower[3];         // B, by kx; stride 2: (top(B0), top(B1)), B2, nothing
  const uint32_t* pairs;     // the channel's word in the first column of P(j)
  int8_t* y;                 // the first output
  int32_t pair_row_bytes;    // from P(j) to P(j + 1)
  int32_t y_pass_bytes;      // from the outputs of one pass to those of the next
  int32_t y_row_bytes;       // to the output below
  int32_t last_y_row_bytes;  // the same in the last pass; 0: it has an upper row alone
  int32_t y_step;            // to the next output; 0: rows have one output
  int32_t column_bytes;      // of pair columns: what whole steps of two outputs pass, >= one step
  int32_t odd_column_bytes;  // one step if a last output is alone, else 0
  int32_t passes;            // pairs of output rows, or output rows with stride 2; >= 1
};

// Channels that are walked side by side: one word of int8.
constexpr int32_t depthwise_lanes = 4;

// Bytes of pair columns that a step of two outputs moves on.
constexpr int32_t depthwise_step_bytes(int32_t stride) {
  return 8 * stride;
}

// Columns of a pair row that walks over `out_w` outputs read.
constexpr int32_t depthwise_columns(int32_t out_w, int32_t stride) {
  const int32_t outputs = (out_w + 1) / 2 * 2;
  return stride == 1 ? outputs + 2 : 2 * outputs + 1;
}

inline void depthwise_set_channel(DepthwiseWalk& walk, const DepthwiseChannel& channel,
                                  int32_t stride) {
  walk.multiplier = channel.multiplier;
  walk.addend = channel.addend;
  walk.shift = channel.shift;
  walk.bias = channel.bias;
  constexpr uint32_t high_bytes = 0xff00ff00u;
  for (int kx = 0; kx < 3; ++kx) {
    walk.upper[kx] = channel.taps[kx] & high_bytes;
    walk.lower[kx] = channel.taps[kx] << 8 & high_bytes;
  }
  if (stride == 2) {
    walk.lower[0] = pack_tops(walk.lower[0], walk.lower[1]);
    walk.lower[1] = walk.lower[2];
  }
}

// Two input rows of four channels, and where their columns go. The order of the fields is the
// assembly's.
struct DepthwisePairRow {
  uint32_t* lane[4];  // the first column of each channel
  const int8_t* upper;
  const int8_t* lower;
  int32_t upper_step;  // bytes from a column to the next
  int32_t lower_step;
  const uint32_t* end;  // lane[0] after all whole pairs of columns
  int32_t odd;          // whether one more column follows
};

}  // namespace mote

// depthwise_pair_columns(row)
// depthwise_walk_1<sign>(walk), depthwise_walk_2<sign>(walk): stride 1 and 2. sign: see
// core/dot_block.hpp.
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#include "core/depthwise_walk_armv7em.hpp"
#else
#include "core/depthwise_walk_portable.hpp"
#endif

// core/depthwise_walk.hpp in plain C++: the same layouts, the same results.
#pragma once

#include "core/depthwise_walk.hpp"

namespace mote {

inline void depthwise_pair_columns(const DepthwisePairRow* row) {
  const std::ptrdiff_t columns = row->end - row->lane[0] + (row->odd != 0 ? 1 : 0);
  for (std::ptrdiff_t i = 0; i < columns; ++i) {
    for (int32_t lane = 0; lane < depthwise_lanes; ++lane) {
      row->lane[lane][i] =
          halves(row->upper[i * row->upper_step + lane], row->lower[i * row->lower_step + lane]);
    }
  }
}

// pairs: the first of the three columns.
template <bool sign>
int8_t depthwise_output(const DepthwiseWalk& walk, int32_t stride, const uint32_t* pairs,
                        bool lower) {
  const uint32_t* const next = pairs + walk.pair_row_bytes / 4;
  auto sum = static_cast<uint32_t>(walk.bias);
  for (int kx = 0; kx < 3; ++kx) {
    const uint32_t a = walk.upper[kx];
    if (lower) {
      sum += static_cast<uint32_t>(top_half(pairs[kx]) * bottom_half(a));
      sum = smlad(next[kx], walk.lower[kx], sum);
      continue;
    }
    const int32_t last = stride == 1 ? top_half(walk.lower[kx])
                         : kx == 0   ? bottom_half(walk.lower[0])
                                     : top_half(walk.lower[kx - 1]);
    sum = smlad(pairs[kx], a, sum);
    sum += static_cast<uint32_t>(bottom_half(next[kx]) * last);
  }
  const auto scaled = static_cast<int32_t>(sum);
  const int32_t addend = walk.addend + (sign && scaled < 0 ? -128 : 0);
  const int32_t value = asr(smmlar(scaled, walk.multiplier, addend), walk.shift);
  return static_cast<int8_t>(value < -128 ? -128 : (value > 127 ? 127 : value));
}

template <bool sign>
void depthwise_walk(const DepthwiseWalk& walk, int32_t stride) {
  const int32_t steps = walk.column_bytes / depthwise_step_bytes(stride);
  const int32_t outputs = walk.y_step == 0 ? 1 : 2 * steps + (walk.odd_column_bytes != 0 ? 1 : 0);
  const uint32_t* pairs = walk.pairs;
  int8_t* y = walk.y;
  for (int32_t pass = 1; pass <= walk.passes; ++pass) {
    const int32_t down = pass == walk.passes ? walk.last_y_row_bytes : walk.y_row_bytes;
    for (int32_t i = 0; i < outputs; ++i) {
      y[i * walk.y_step] = depthwise_output<sign>(walk, stride, pairs + i * stride, false);
      if (stride == 2 || down == 0) continue;
      y[i * walk.y_step + down] = depthwise_output<sign>(walk, stride, pairs + i, true);
    }
    pairs += walk.pair_row_bytes / 4;
    y += walk.y_pass_bytes;
  }
}

template <bool sign>
void depthwise_walk_1(const DepthwiseWalk* walk) {
  depthwise_walk<sign>(*walk, 1);
}

template <bool sign>
void depthwise_walk_2(const DepthwiseWalk* walk) {
  depthwise_walk<sign>(*walk, 2);
}

}  // namespace mote

// core/depthwise_walk.hpp in plain C++: the same layouts, the same results.
#pragma once

#include "core/depthwise_walk.hpp"

namespace mote {

template <int stride, bool sign>
void depthwise_walk(const DepthwiseWalk* walk, const uint32_t* column, int8_t* y, int32_t outputs) {
  for (int32_t i = 0; i < outputs; ++i) {
    auto sum = static_cast<uint32_t>(walk->bias);
    for (int kx = 0; kx < 3; ++kx) {
      const uint32_t* const at = column + (i * stride + kx) * depthwise_column_words;
      sum = smlad(at[0], walk->first[kx], sum);
      sum = smlad(at[walk->row_bytes / 4], walk->second[kx], sum);
    }
    const auto doubled = static_cast<int32_t>(sum);
    const int32_t scaled =
        smmlar(doubled, walk->multiplier, walk->addend + (sign ? doubled >> 31 : 0));
    const int32_t value = asr(scaled, walk->shift);
    y[i * walk->y_step] = static_cast<int8_t>(value < -128 ? -128 : (value > 127 ? 127 : value));
  }
}

// One output row of one channel. column: the channel's word in the first column of P(j); y: the
// first output; outputs: >= 1.
template <bool sign>
void depthwise_walk_1(const DepthwiseWalk* walk, const uint32_t* column, int8_t* y,
                      int32_t outputs) {
  depthwise_walk<1, sign>(walk, column, y, outputs);
}

// With stride 2. Reads one column more than the outputs need.
template <bool sign>
void depthwise_walk_2(const DepthwiseWalk* walk, const uint32_t* column, int8_t* y,
                      int32_t outputs) {
  depthwise_walk<2, sign>(walk, column, y, outputs);
}

}  // namespace mote

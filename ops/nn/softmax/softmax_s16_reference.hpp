// Portable softmax of int16: exponentials are kept in y until their sum is known.
#pragma once

#include "core/fixed_exp.hpp"
#include "ops/nn/softmax/softmax.hpp"

namespace mote {

// Interpolates in a table over all of int16.
inline int32_t softmax_lookup(int32_t x, const int16_t* table) {
  const int32_t piece = 256 + (x >> 7), rest = x & 127;
  return static_cast<int16_t>(table[piece] +
                              (((table[piece + 1] - table[piece]) * rest + 64) >> 7));
}

template <class P>
void softmax_s16_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  const auto* exponentials = static_cast<const int16_t*>(operands[1]);
  const auto* reciprocals = static_cast<const int16_t*>(operands[2]);
  auto* y = static_cast<int16_t*>(operands[3]);
  for (int32_t row = 0; row < p.rows; ++row, x += p.columns, y += p.columns) {
    int32_t largest = x[0];
    for (int32_t c = 1; c < p.columns; ++c) largest = x[c] > largest ? x[c] : largest;
    int32_t sum = 0;  // Q16.15
    for (int32_t c = 0; c < p.columns; ++c) {
      const int32_t scaled =
          multiply_by_quantized_multiplier(x[c] - largest, p.multiplier, p.shift);
      y[c] =
          static_cast<int16_t>(softmax_lookup(clamp(scaled + 32767, -32768, 32767), exponentials));
      sum += y[c];
    }
    if (sum < 2) sum = 2;  // only from corrupt tables
    // 1 / sum from the sum brought to [1, 2) in Q1.16 and centred: 1 / (1 + x).
    const int32_t headroom = leading_zeros(static_cast<uint32_t>(sum));
    const auto shifted = static_cast<int32_t>(((int64_t{sum} << (headroom - 1)) + (1 << 13)) >> 14);
    const int32_t centred = clamp(shifted - (1 << 15) - (1 << 16), -32768, 32767);
    const int64_t reciprocal = softmax_lookup(centred, reciprocals);
    const int32_t right = 31 - headroom;
    for (int32_t c = 0; c < p.columns; ++c) {
      const auto value =
          static_cast<int32_t>((y[c] * reciprocal + (int64_t{1} << (right - 1))) >> right);
      y[c] = static_cast<int16_t>(clamp(value, 0, 32767));
    }
  }
}

}  // namespace mote

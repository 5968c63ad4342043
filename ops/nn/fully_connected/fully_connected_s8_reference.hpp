// Portable fully connected kernel: one output at a time.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/fully_connected/fully_connected.hpp"

namespace mote {

template <class P>
void fully_connected_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* weights = static_cast<const int8_t*>(operands[1]);
  const auto* bias = static_cast<const int32_t*>(operands[2]);
  const auto* multiplier = static_cast<const int32_t*>(operands[3]);
  const auto* shift = static_cast<const int32_t*>(operands[4]);
  auto* y = static_cast<int8_t*>(operands[5]);

  for (int32_t row = 0; row < p.rows; ++row) {
    const int8_t* w = weights;
    for (int32_t o = 0; o < p.out; ++o) {
      int32_t sum = bias[o];
      for (int32_t i = 0; i < p.in; ++i) sum += w[i] * x[i];
      const int32_t scaled = multiply_by_quantized_multiplier(sum, multiplier[o], shift[o]);
      *y++ = static_cast<int8_t>(clamp(scaled + p.output_zero, p.activation_min, p.activation_max));
      w += p.in;
    }
    x += p.in;
  }
}

}  // namespace mote

// Portable rectifier with a slope below zero.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/leaky_relu/leaky_relu.hpp"

namespace mote {

template <class P>
void leaky_relu_s16_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  auto* y = static_cast<int16_t*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t value = x[i] - p.x_zero;
    const int32_t scaled =
        value >= 0 ? multiply_by_quantized_multiplier(value, p.multiplier_above, p.shift_above)
                   : multiply_by_quantized_multiplier(value, p.multiplier_below, p.shift_below);
    y[i] = static_cast<int16_t>(clamp(scaled + p.zero_point, -32768, 32767));
  }
}

}  // namespace mote

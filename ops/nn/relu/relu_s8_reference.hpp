// Portable rectifier.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/relu/relu.hpp"

namespace mote {

template <class P>
void relu_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t scaled = multiply_by_quantized_multiplier(x[i] - p.x_zero, p.multiplier, p.shift);
    y[i] = static_cast<int8_t>(clamp(scaled + p.output_zero, p.low, p.high));
  }
}

}  // namespace mote

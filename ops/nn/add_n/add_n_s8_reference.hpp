// Portable sum of int8 tensors.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/add_n/add_n.hpp"

namespace mote {

template <class P>
void add_n_s8_reference(const P& p, void* const* operands) {
  auto* y = static_cast<int8_t*>(operands[add_n_inputs_max]);
  for (int32_t i = 0; i < p.count; ++i) {
    int32_t sum = -p.x_zero;
    for (int32_t k = 0; k < p.inputs; ++k) {
      sum += static_cast<const int8_t*>(operands[k])[i] - p.x_zero;
    }
    const int32_t scaled = multiply_by_quantized_multiplier(sum * (1 << 19), p.multiplier, p.shift);
    y[i] = static_cast<int8_t>(clamp(scaled + p.output_zero, -128, 127));
  }
}

}  // namespace mote

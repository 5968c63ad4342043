// Portable normalisation of int8 vectors.
#pragma once

#include "core/fixed_inverse_sqrt.hpp"
#include "ops/nn/l2_normalize/l2_normalize.hpp"

namespace mote {

template <class P>
void l2_normalize_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  constexpr int32_t log2_of_128 = 7;
  for (int32_t row = 0; row < p.rows; ++row, x += p.columns, y += p.columns) {
    int32_t squares = 0;
    for (int32_t i = 0; i < p.columns; ++i) squares += (x[i] - p.x_zero) * (x[i] - p.x_zero);
    const InverseSqrt root = inverse_sqrt(squares);
    for (int32_t i = 0; i < p.columns; ++i) {
      const int32_t scaled = multiply_by_quantized_multiplier(x[i] - p.x_zero, root.multiplier,
                                                              root.shift + log2_of_128);
      y[i] = static_cast<int8_t>(clamp(scaled, -128, 127));
    }
  }
}

}  // namespace mote

// Portable softmax in float.
#pragma once

#include "core/math_exp.hpp"
#include "ops/nn/softmax/softmax.hpp"

namespace mote {

template <class P>
void softmax_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t row = 0; row < p.rows; ++row, x += p.columns, y += p.columns) {
    float largest = x[0];
    for (int32_t c = 1; c < p.columns; ++c) largest = x[c] > largest ? x[c] : largest;
    float sum = 0;
    for (int32_t c = 0; c < p.columns; ++c) {
      y[c] = math::exp((x[c] - largest) * p.beta);
      sum += y[c];
    }
    for (int32_t c = 0; c < p.columns; ++c) y[c] = y[c] / sum;
  }
}

}  // namespace mote

// Portable normalisation of float vectors.
#pragma once

#include "core/math_sqrt.hpp"
#include "ops/nn/l2_normalize/l2_normalize.hpp"

namespace mote {

template <class P>
void l2_normalize_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  constexpr float least = 1e-6f;
  for (int32_t row = 0; row < p.rows; ++row, x += p.columns, y += p.columns) {
    float squares = 0;
    for (int32_t i = 0; i < p.columns; ++i) squares += x[i] * x[i];
    const float root = math::sqrt(squares);
    for (int32_t i = 0; i < p.columns; ++i) y[i] = x[i] / (root > least ? root : least);
  }
}

}  // namespace mote

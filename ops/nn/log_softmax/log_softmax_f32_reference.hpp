// Portable log-softmax of floats.
#pragma once

#include "core/math_exp.hpp"
#include "core/math_log.hpp"
#include "ops/nn/log_softmax/log_softmax.hpp"

namespace mote {

template <class P>
void log_softmax_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t row = 0; row < p.rows; ++row, x += p.columns, y += p.columns) {
    float largest = x[0];
    for (int32_t c = 1; c < p.columns; ++c) largest = x[c] > largest ? x[c] : largest;
    float sum = 0;
    for (int32_t c = 0; c < p.columns; ++c) sum += math::exp(x[c] - largest);
    const float log_sum = math::log(sum);
    for (int32_t c = 0; c < p.columns; ++c) y[c] = x[c] - largest - log_sum;
  }
}

}  // namespace mote

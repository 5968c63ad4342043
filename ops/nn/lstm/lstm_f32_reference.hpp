// Portable LSTM in float.
#pragma once

#include "core/math_activation.hpp"
#include "ops/nn/lstm/lstm.hpp"

namespace mote {

inline float lstm_dot(const float* a, const float* b, int32_t count) {
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

template <class P>
void lstm_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* w = static_cast<const float*>(operands[1]);
  const auto* r = static_cast<const float*>(operands[2]);
  const auto* bias = static_cast<const float*>(operands[3]);
  auto* y = static_cast<float*>(operands[6]);
  auto* gates = static_cast<float*>(operands[7]);
  auto* const hiddens = static_cast<float*>(operands[4]);
  auto* const states = static_cast<float*>(operands[5]);
  lstm_walk(p, hiddens, 0.0f, states, [&](int32_t batch, int32_t row) {
    float* const hidden = hiddens + batch * p.cells;
    float* const cell = states + batch * p.cells;
    for (int32_t k = 0; k < 4 * p.cells; ++k) {
      const float from_x = lstm_dot(w + k * p.inputs, x + row * p.inputs, p.inputs) + bias[k];
      const float sum = from_x + lstm_dot(r + k * p.cells, hidden, p.cells);
      gates[k] = k / p.cells == 2 ? math::tanh(sum) : math::logistic(sum);
    }
    for (int32_t c = 0; c < p.cells; ++c) {
      float sum = gates[p.cells + c] * cell[c] + gates[c] * gates[2 * p.cells + c];
      if (p.cell_clip > 0) {
        if (sum > p.cell_clip) sum = p.cell_clip;
        if (sum < -p.cell_clip) sum = -p.cell_clip;
      }
      cell[c] = sum;
      y[row * p.cells + c] = hidden[c] = math::tanh(sum) * gates[3 * p.cells + c];
    }
  });
}

}  // namespace mote

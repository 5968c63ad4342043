// Portable gated recurrent unit.
#pragma once

#include "core/math_activation.hpp"
#include "ops/nn/gru/gru.hpp"

namespace mote {

inline float gru_dot(const float* a, const float* b, int32_t count) {
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

struct GruWeights {
  const float* w;
  const float* r;
  const float* bias;
};

// One step. x: float [inputs]; h: float [cells], updated; gates: float [3, cells]: z, r, n, or with
// reset_after = 0 z, n, r * h.
template <class P>
MOTE_INLINE void gru_step(const P& p, const GruWeights& k, const float* x, float* h, float* gates) {
  const int32_t cells = p.cells;
  const auto of_x = [&](int32_t row) {
    return gru_dot(k.w + row * p.inputs, x, p.inputs) + k.bias[row];
  };
  const auto of_h = [&](int32_t row, const float* state) {
    return gru_dot(k.r + row * cells, state, cells) + k.bias[3 * cells + row];
  };
  for (int32_t row = 0; row < 2 * cells; ++row) {
    gates[row] = math::logistic(of_x(row) + of_h(row, h));
  }
  float* reset = gates + cells;
  float* n = gates + 2 * cells;
  if (p.reset_after != 0) {
    for (int32_t c = 0; c < cells; ++c) {
      n[c] = math::tanh(of_x(2 * cells + c) + reset[c] * of_h(2 * cells + c, h));
    }
  } else {
    for (int32_t c = 0; c < cells; ++c) n[c] = reset[c] * h[c];
    for (int32_t c = 0; c < cells; ++c) {
      reset[c] = math::tanh(of_x(2 * cells + c) + of_h(2 * cells + c, n));
    }
    n = reset;
  }
  for (int32_t c = 0; c < cells; ++c) h[c] = (1 - gates[c]) * n[c] + gates[c] * h[c];
}

template <class P>
void gru_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const GruWeights weights{static_cast<const float*>(operands[1]),
                           static_cast<const float*>(operands[2]),
                           static_cast<const float*>(operands[3])};
  auto* y = static_cast<float*>(operands[5]);
  for (int32_t b = 0; b < p.batches; ++b) {
    auto* h = static_cast<float*>(operands[4]) + b * p.cells;
    for (int32_t c = 0; p.fresh != 0 && c < p.cells; ++c) h[c] = 0;
    for (int32_t t = 0; t < p.steps; ++t) {
      const int32_t row = p.time_major != 0 ? t * p.batches + b : b * p.steps + t;
      gru_step(p, weights, x + row * p.inputs, h, static_cast<float*>(operands[6]));
      for (int32_t c = 0; c < p.cells; ++c) y[row * p.cells + c] = h[c];
    }
  }
}

}  // namespace mote

// Portable LSTM of int16 with int8 weights.
#pragma once

#include "ops/nn/lstm/lstm_update.hpp"

namespace mote {

inline int64_t lstm_dot(const int8_t* a, const int16_t* b, int32_t count, int64_t sum) {
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

// One gate of one step before its function, Q3.12: rows of w, r and bias are the gate's.
template <class P>
void lstm_s16_gate(const P& p, const int8_t* w, const int8_t* r, const int64_t* bias,
                   const int32_t (&scales)[4], const int16_t* x, const int16_t* hidden,
                   int16_t* gate) {
  for (int32_t c = 0; c < p.cells; ++c) {
    const int64_t a = lstm_dot(w + c * p.inputs, x, p.inputs, bias[c]);
    const int64_t b = lstm_dot(r + c * p.cells, hidden, p.cells, 0);
    gate[c] = static_cast<int16_t>(lstm_cut(lstm_cut(multiply_wide(a, scales[0], scales[1])) +
                                            lstm_cut(multiply_wide(b, scales[2], scales[3]))));
  }
}

template <class P>
void lstm_s16_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  const auto* w = static_cast<const int8_t*>(operands[1]);
  const auto* r = static_cast<const int8_t*>(operands[2]);
  const auto* bias = static_cast<const int64_t*>(operands[3]);
  const auto* table = static_cast<const uint16_t*>(operands[4]);
  auto* y = static_cast<int16_t*>(operands[7]);
  auto* gates = static_cast<int16_t*>(operands[8]);
  const int32_t scales[4][4] = {
      {p.x_multiplier0, p.x_shift0, p.hidden_multiplier0, p.hidden_shift0},
      {p.x_multiplier1, p.x_shift1, p.hidden_multiplier1, p.hidden_shift1},
      {p.x_multiplier2, p.x_shift2, p.hidden_multiplier2, p.hidden_shift2},
      {p.x_multiplier3, p.x_shift3, p.hidden_multiplier3, p.hidden_shift3}};
  auto* const hiddens = static_cast<int16_t*>(operands[5]);
  auto* const states = static_cast<int16_t*>(operands[6]);
  lstm_walk(p, hiddens, int16_t{0}, states, [&](int32_t batch, int32_t row) {
    int16_t* const hidden = hiddens + batch * p.cells;
    int16_t* const cell = states + batch * p.cells;
    for (int32_t gate = 0; gate < 4; ++gate) {
      const int32_t first = gate * p.cells;
      lstm_s16_gate(p, w + first * p.inputs, r + first * p.cells, bias + first, scales[gate],
                    x + row * p.inputs, hidden, gates + first);
    }
    lstm_update(p, table, gates, cell, hidden, y + row * p.cells);
  });
}

}  // namespace mote

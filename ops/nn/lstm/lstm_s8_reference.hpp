// Portable LSTM of int8 with 16-bit gates.
#pragma once

#include "core/dot_row.hpp"
#include "ops/nn/lstm/lstm_update.hpp"

namespace mote {

// The four gates of one step before their functions: Q3.12. Dot: of core/dot_row.hpp.
template <class Dot, class P>
void lstm_s8_gates(const P& p, void* const* operands, const int8_t* x, const int8_t* hidden,
                   int16_t* gates) {
  const auto* w = static_cast<const int8_t*>(operands[1]);
  const auto* r = static_cast<const int8_t*>(operands[2]);
  const auto* bias = static_cast<const int32_t*>(operands[3]);
  const int32_t from_x[4][2] = {{p.x_multiplier0, p.x_shift0},
                                {p.x_multiplier1, p.x_shift1},
                                {p.x_multiplier2, p.x_shift2},
                                {p.x_multiplier3, p.x_shift3}};
  const int32_t from_hidden[4][2] = {{p.hidden_multiplier0, p.hidden_shift0},
                                     {p.hidden_multiplier1, p.hidden_shift1},
                                     {p.hidden_multiplier2, p.hidden_shift2},
                                     {p.hidden_multiplier3, p.hidden_shift3}};
  for (int32_t gate = 0; gate < 4; ++gate) {
    for (int32_t c = 0; c < p.cells; ++c) {
      const int32_t row = gate * p.cells + c;
      const int32_t a = Dot::sum(w + row * p.inputs, x, p.inputs, bias[row]);
      const int32_t b = Dot::sum(r + row * p.cells, hidden, p.cells, bias[4 * p.cells + row]);
      gates[row] = static_cast<int16_t>(
          lstm_cut(lstm_cut(multiply_by_quantized_multiplier(a, from_x[gate][0], from_x[gate][1])) +
                   lstm_cut(multiply_by_quantized_multiplier(b, from_hidden[gate][0],
                                                             from_hidden[gate][1]))));
    }
  }
}

template <class Dot, class P>
void lstm_s8(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* table = static_cast<const uint16_t*>(operands[4]);
  auto* y = static_cast<int8_t*>(operands[7]);
  auto* gates = static_cast<int16_t*>(operands[8]);
  auto* const hiddens = static_cast<int8_t*>(operands[5]);
  auto* const states = static_cast<int16_t*>(operands[6]);
  const auto zero = static_cast<int8_t>(p.hidden_zero);
  lstm_walk(p, hiddens, zero, states, [&](int32_t batch, int32_t row) {
    int8_t* const hidden = hiddens + batch * p.cells;
    int16_t* const cell = states + batch * p.cells;
    lstm_s8_gates<Dot>(p, operands, x + row * p.inputs, hidden, gates);
    lstm_update(p, table, gates, cell, hidden, y + row * p.cells);
  });
}

template <class P>
void lstm_s8_reference(const P& p, void* const* operands) {
  lstm_s8<PlainDot>(p, operands);
}

}  // namespace mote

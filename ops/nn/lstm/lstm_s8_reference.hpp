// Portable LSTM of int8 with 16-bit gates.
#pragma once

#include "core/fixed_point.hpp"
#include "core/fixed_sigmoid.hpp"
#include "ops/nn/lstm/lstm.hpp"

namespace mote {

inline int32_t lstm_dot(const int8_t* a, const int8_t* b, int32_t count, int32_t sum) {
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

inline int32_t lstm_cut(int32_t x) {
  return clamp(x, -32768, 32767);
}

// The four gates of one step before their functions: Q3.12.
template <class P>
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
      const int32_t a = lstm_dot(w + row * p.inputs, x, p.inputs, bias[row]);
      const int32_t b = lstm_dot(r + row * p.cells, hidden, p.cells, bias[4 * p.cells + row]);
      gates[row] = static_cast<int16_t>(
          lstm_cut(lstm_cut(multiply_by_quantized_multiplier(a, from_x[gate][0], from_x[gate][1])) +
                   lstm_cut(multiply_by_quantized_multiplier(b, from_hidden[gate][0],
                                                             from_hidden[gate][1]))));
    }
  }
}

// Cell, hidden state and output of one step from its gates.
template <class P>
void lstm_s8_update(const P& p, const uint16_t* table, const int16_t* gates, int16_t* cell,
                    int8_t* hidden, int8_t* y) {
  const auto times = [](int32_t a, int32_t b, int32_t multiplier, int32_t shift) {
    return multiply_by_quantized_multiplier(a * b, multiplier, shift);
  };
  const int32_t half = p.tanh_shift > 0 ? 1 << (p.tanh_shift - 1) : 0;
  for (int32_t c = 0; c < p.cells; ++c) {
    const int32_t in = logistic_by_table(3 * gates[c], table);
    const int32_t forget = logistic_by_table(3 * gates[p.cells + c], table);
    const int32_t candidate = tanh_by_table(3 * gates[2 * p.cells + c], table);
    const int32_t out = logistic_by_table(3 * gates[3 * p.cells + c], table);
    const int32_t kept = lstm_cut(times(forget, cell[c], p.forget_multiplier, p.forget_shift));
    const int32_t added = lstm_cut(times(in, candidate, p.input_multiplier, p.input_shift));
    int32_t sum = lstm_cut(kept + added);
    if (p.cell_clip > 0) sum = clamp(sum, -p.cell_clip, p.cell_clip);
    cell[c] = static_cast<int16_t>(sum);
    const int32_t bent = tanh_by_table((sum * p.tanh_multiplier + half) >> p.tanh_shift, table);
    const int32_t value = times(bent, out, p.output_multiplier, p.output_shift) + p.hidden_zero;
    y[c] = hidden[c] = static_cast<int8_t>(clamp(value, -128, 127));
  }
}

template <class P>
void lstm_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* table = static_cast<const uint16_t*>(operands[4]);
  auto* y = static_cast<int8_t*>(operands[7]);
  auto* gates = static_cast<int16_t*>(operands[8]);
  lstm_walk(p, [&](int32_t batch, int32_t row) {
    auto* hidden = static_cast<int8_t*>(operands[5]) + batch * p.cells;
    auto* cell = static_cast<int16_t*>(operands[6]) + batch * p.cells;
    lstm_s8_gates(p, operands, x + row * p.inputs, hidden, gates);
    lstm_s8_update(p, table, gates, cell, hidden, y + row * p.cells);
  });
}

}  // namespace mote

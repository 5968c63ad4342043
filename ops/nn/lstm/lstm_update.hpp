// What follows the gates of an integer LSTM, for int8 and int16.
#pragma once

#include "core/fixed_point.hpp"
#include "core/fixed_sigmoid.hpp"
#include "ops/nn/lstm/lstm.hpp"

namespace mote {

inline int32_t lstm_cut(int32_t x) {
  return clamp(x, -32768, 32767);
}

// Cell, hidden state and output of one step from its gates: Q3.12 [4, cells]. T: of hidden and y.
template <class P, class T>
void lstm_update(const P& p, const uint16_t* table, const int16_t* gates, int16_t* cell, T* hidden,
                 T* y) {
  constexpr int32_t highest = sizeof(T) == 1 ? 127 : 32767;
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
    y[c] = hidden[c] = static_cast<T>(clamp(value, -highest - 1, highest));
  }
}

}  // namespace mote

// Portable gated recurrent unit of int8.
#pragma once

#include "core/dot_row.hpp"
#include "core/fixed_point.hpp"
#include "core/fixed_sigmoid.hpp"
#include "ops/nn/gru/gru.hpp"

namespace mote {

inline int32_t gru_cut(int32_t x) {
  return clamp(x, -32768, 32767);
}
inline int32_t gru_round15(int32_t x) {
  return (x + (1 << 14)) >> 15;
}

// One side of the sums before gates: rows of a matrix times a vector, in Q3.12. Dot: of
// core/dot_row.hpp.
template <class Dot>
struct GruSums {
  const int8_t* matrix;  // [rows, columns]
  const int32_t* bias;   // [rows]
  const int32_t* multiplier;
  const int32_t* shift;
  int32_t columns;

  int32_t row(int32_t at, const int8_t* vector) const {
    const int32_t sum = Dot::sum(matrix + at * columns, vector, columns, bias[at]);
    return gru_cut(multiply_by_quantized_multiplier(sum, multiplier[at], shift[at]));
  }
};

// From Q0.15 to y's grid.
template <class P>
int8_t gru_stored(const P& p, int32_t value) {
  const int32_t scaled = multiply_by_quantized_multiplier(value, p.y_multiplier, p.y_shift);
  return static_cast<int8_t>(clamp(scaled + p.y_zero, -128, 127));
}

// One step. x: [inputs]; h: [cells], updated; gates: [3, cells]; stored: [cells], h on y's grid, of
// which reset_after = 0 makes something else.
template <class Sums, class P>
void gru_s8_step(const P& p, const Sums& of_x, const Sums& of_h, const uint16_t* table,
                 const int8_t* x, int16_t* h, int16_t* gates, int8_t* stored) {
  const int32_t cells = p.cells;
  for (int32_t row = 0; row < 2 * cells; ++row) {
    const int32_t sum = gru_cut(of_x.row(row, x) + of_h.row(row, stored));
    gates[row] = logistic_by_table(3 * sum, table);
  }
  const int16_t* reset = gates + cells;
  int16_t* n = gates + 2 * cells;
  for (int32_t c = 0; p.reset_after == 0 && c < cells; ++c) {
    n[c] = static_cast<int16_t>(gru_round15(reset[c] * h[c]));
  }
  for (int32_t c = 0; p.reset_after == 0 && c < cells; ++c) stored[c] = gru_stored(p, n[c]);
  for (int32_t c = 0; c < cells; ++c) {
    const int32_t row = 2 * cells + c;
    int32_t rest = of_h.row(row, stored);
    if (p.reset_after != 0) rest = gru_round15(reset[c] * rest);
    n[c] = tanh_by_table(3 * gru_cut(of_x.row(row, x) + rest), table);
  }
  for (int32_t c = 0; c < cells; ++c) {
    h[c] = static_cast<int16_t>(gru_round15((32768 - gates[c]) * n[c] + gates[c] * h[c]));
  }
}

template <class Dot, class P>
void gru_s8(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* bias = static_cast<const int32_t*>(operands[3]);
  const auto* scales = static_cast<const int32_t*>(operands[4]);
  const auto* table = static_cast<const uint16_t*>(operands[5]);
  auto* y = static_cast<int8_t*>(operands[7]);
  auto* gates = static_cast<int16_t*>(operands[8]);
  auto* stored = static_cast<int8_t*>(operands[8]) + 6 * p.cells;
  const int32_t rows = 3 * p.cells;
  const GruSums<Dot> of_x{static_cast<const int8_t*>(operands[1]), bias, scales, scales + rows,
                          p.inputs};
  const GruSums<Dot> of_h{static_cast<const int8_t*>(operands[2]), bias + rows, scales + 2 * rows,
                          scales + 3 * rows, p.cells};
  for (int32_t b = 0; b < p.batches; ++b) {
    auto* h = static_cast<int16_t*>(operands[6]) + b * p.cells;
    for (int32_t c = 0; p.fresh != 0 && c < p.cells; ++c) h[c] = 0;
    for (int32_t t = 0; t < p.steps; ++t) {
      const int32_t row = p.time_major != 0 ? t * p.batches + b : b * p.steps + t;
      for (int32_t c = 0; c < p.cells; ++c) stored[c] = gru_stored(p, h[c]);
      gru_s8_step(p, of_x, of_h, table, x + row * p.inputs, h, gates, stored);
      for (int32_t c = 0; c < p.cells; ++c) y[row * p.cells + c] = gru_stored(p, h[c]);
    }
  }
}

template <class P>
void gru_s8_reference(const P& p, void* const* operands) {
  gru_s8<PlainDot>(p, operands);
}

}  // namespace mote

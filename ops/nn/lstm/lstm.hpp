// Long short-term memory over a sequence, int8 and int16 with 16-bit gates and float, as
// tflite-micro defines it. S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural
// Computation 9 (1997).
//
//   gate_g = f_g(w_g . x[t] + bias_g + r_g . hidden),   g = input, forget, cell, output
//   cell   <- clip(forget * cell + input * cell gate)
//   hidden <- output * tanh(cell);   y[t] = hidden
//
// f is tanh for the cell gate and the logistic function else. In int8 each product with a matrix is
// requantised to Q3.12, the two are added with saturation, gates are Q0.15
// (core/fixed_sigmoid.hpp), and each product of two 16-bit values is requantised;
// core/fixed_point.hpp's double rounding. In int16 (int8 weights, zero points 0) the products with
// matrices are summed in 64 bits and requantised by multiply_wide; all else is as in int8.
//
// Operands in int8:                                        in float:
//   0  x: int8 [batches, steps, inputs], or [steps, batches, inputs] with time_major
//   1  w: int8 [4, cells, inputs]                          1  w: float
//   2  r: int8 [4, cells, cells]                           2  r: float
//   3  bias: int32 [2, 4, cells]: of w . x, of r . hidden, 3  bias: float [4, cells]
//        with the zero points of x and hidden folded in
//   4  table: uint16 [256]
//   5  hidden: int8 [batches, cells], kept from call to call  4  hidden: float
//   6  cell: int16 [batches, cells], kept as well          5  cell: float
//        (both scratch if fresh)
//   7  y: int8, as x with cells for inputs                 6  y: float
//   8  gates: int16 [4, cells], scratch                    7  gates: float
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_LSTM_SHAPE(F)                   \
  F(int32_t, batches) /* [1, 2^15] as all */ \
  F(int32_t, steps)                          \
  F(int32_t, inputs)                         \
  F(int32_t, cells)                          \
  F(int32_t, time_major) /* 0 or 1 */        \
  F(int32_t, fresh)      /* 0 or 1: every call starts from 0, and keeps nothing */

#define MOTE_LSTM_PARAMS(F)                                                  \
  MOTE_LSTM_SHAPE(F)                                                         \
  F(int32_t, hidden_zero)   /* zero point of hidden and y; 0 in int16 */     \
  F(int32_t, x_multiplier0) /* Q31, of w_g . x, by gate */                   \
  F(int32_t, x_multiplier1)                                                  \
  F(int32_t, x_multiplier2)                                                  \
  F(int32_t, x_multiplier3)                                                  \
  F(int32_t, x_shift0) /* [-31, 30] as all shifts; in int16 <= 14 */         \
  F(int32_t, x_shift1)                                                       \
  F(int32_t, x_shift2)                                                       \
  F(int32_t, x_shift3)                                                       \
  F(int32_t, hidden_multiplier0) /* of r_g . hidden, by gate */              \
  F(int32_t, hidden_multiplier1)                                             \
  F(int32_t, hidden_multiplier2)                                             \
  F(int32_t, hidden_multiplier3)                                             \
  F(int32_t, hidden_shift0)                                                  \
  F(int32_t, hidden_shift1)                                                  \
  F(int32_t, hidden_shift2)                                                  \
  F(int32_t, hidden_shift3)                                                  \
  F(int32_t, forget_multiplier) /* forget * cell */                          \
  F(int32_t, forget_shift)                                                   \
  F(int32_t, input_multiplier) /* input * cell gate */                       \
  F(int32_t, input_shift)                                                    \
  F(int32_t, output_multiplier) /* output * tanh(cell) */                    \
  F(int32_t, output_shift)                                                   \
  F(int32_t, tanh_multiplier) /* cell to the table's unit: times this ... */ \
  F(int32_t, tanh_shift)      /* ... and down by this, [0, 30] */            \
  F(int32_t, cell_clip)       /* 0: none */
MOTE_PARAMS(LstmParams, MOTE_LSTM_PARAMS)
#undef MOTE_LSTM_PARAMS

#define MOTE_LSTM_FLOAT_PARAMS(F) \
  MOTE_LSTM_SHAPE(F)              \
  F(float, cell_clip) /* 0: none */
MOTE_PARAMS(LstmFloatParams, MOTE_LSTM_FLOAT_PARAMS)
#undef MOTE_LSTM_FLOAT_PARAMS
#undef MOTE_LSTM_SHAPE

template <class P>
bool lstm_in_range(const P& p) {
  const int32_t extents[] = {p.batches, p.steps, p.inputs, p.cells};
  for (int32_t value : extents) {
    if (value < 1 || value > 1 << 15) return false;
  }
  return extent(p.batches, p.steps, p.inputs, 4) <= uint32_t{INT32_MAX} &&
         extent(p.batches, p.steps, p.cells, 4) <= uint32_t{INT32_MAX};
}

inline Status lstm_s8_check(const LstmParams& p, const uint32_t* bytes) {
  if (!lstm_in_range(p) || p.tanh_shift < 0 || p.tanh_shift > 30) return Status::bad_params;
  const bool fits =
      extent(p.batches, p.steps, p.inputs) <= bytes[0] &&
      extent(4, p.cells, p.inputs) <= bytes[1] && extent(4, p.cells, p.cells) <= bytes[2] &&
      extent(32, p.cells) <= bytes[3] && 512 <= bytes[4] &&
      extent(p.batches, p.cells) <= bytes[5] && extent(p.batches, p.cells, 2) <= bytes[6] &&
      extent(p.batches, p.steps, p.cells) <= bytes[7] && extent(8, p.cells) <= bytes[8];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status lstm_s16_check(const LstmParams& p, const uint32_t* bytes) {
  if (!lstm_in_range(p) || p.tanh_shift < 0 || p.tanh_shift > 30) return Status::bad_params;
  const bool fits =
      extent(p.batches, p.steps, p.inputs, 2) <= bytes[0] &&
      extent(4, p.cells, p.inputs) <= bytes[1] && extent(4, p.cells, p.cells) <= bytes[2] &&
      extent(32, p.cells) <= bytes[3] && 512 <= bytes[4] &&
      extent(p.batches, p.cells, 2) <= bytes[5] && extent(p.batches, p.cells, 2) <= bytes[6] &&
      extent(p.batches, p.steps, p.cells, 2) <= bytes[7] && extent(8, p.cells) <= bytes[8];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status lstm_f32_check(const LstmFloatParams& p, const uint32_t* bytes) {
  if (!lstm_in_range(p)) return Status::bad_params;
  const bool fits =
      extent(p.batches, p.steps, p.inputs, 4) <= bytes[0] &&
      extent(16, p.cells, p.inputs) <= bytes[1] && extent(16, p.cells, p.cells) <= bytes[2] &&
      extent(16, p.cells) <= bytes[3] && extent(p.batches, p.cells, 4) <= bytes[4] &&
      extent(p.batches, p.cells, 4) <= bytes[5] &&
      extent(p.batches, p.steps, p.cells, 4) <= bytes[6] && extent(16, p.cells) <= bytes[7];
  return fits ? Status::ok : Status::out_of_bounds;
}

// Calls step(batch, row) for each batch's steps in order; row: of x and y. hidden, cell: [batches,
// cells], which a fresh start sets to `zero`, the value of 0, and 0.
template <class P, class Hidden, class Cell, class Step>
MOTE_INLINE void lstm_walk(const P& p, Hidden* hidden, Hidden zero, Cell* cell, Step&& step) {
  for (int32_t c = 0; p.fresh != 0 && c < p.batches * p.cells; ++c) {
    hidden[c] = zero;
    cell[c] = 0;
  }
  for (int32_t b = 0; b < p.batches; ++b) {
    for (int32_t t = 0; t < p.steps; ++t) {
      step(b, p.time_major != 0 ? t * p.batches + b : b * p.steps + t);
    }
  }
}

}  // namespace mote

// Gated recurrent unit over a sequence, in float, as ONNX's GRU and Keras's define it, and in int8.
// K. Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP 2014.
//
//   z = s(w_z . x[t] + r_z . h + b_z),   r = s(w_r . x[t] + r_r . h + b_r),   s: logistic function
//   n = tanh(w_n . x[t] + b_n + r * (r_n . h + c_n))     reset_after = 1 (Keras's default)
//   n = tanh(w_n . x[t] + b_n + c_n + r_n . (r * h))     reset_after = 0
//   h <- (1 - z) * n + z * h;   y[t] = h
//
// Operands:
//   0  x: float [batches, steps, inputs], or [steps, batches, inputs] with time_major
//   1  w: float [3, cells, inputs], gates in the order z, r, n
//   2  r: float [3, cells, cells]
//   3  bias: float [2, 3, cells]: of w . x (b), of r . h (c); of z and r their sum counts
//   4  h: float [batches, cells], kept from call to call; with fresh = 1 every call begins at 0
//   5  y: float, as x with cells for inputs
//   6  gates: float [3, cells], scratch
//
// In int8, for which no other engine sets a norm, it is made of the parts of TensorFlow Lite's
// integer LSTM: x, y and weights are int8 (weights symmetric, one scale per row), the hidden state
// is int16 in Q0.15, so that what a step adds to it is not lost, and y's int8 is what matrices
// multiply. All requantisation is core/fixed_point.hpp's double rounding; cut: to int16;
// round15(v): (v + 2^14) >> 15.
//
//   a = cut((w . x[t] + b) * scale),   c = cut((r . y' + b') * scale)         Q3.12, b folded
//   z, r = logistic(cut(a + c))                                               Q0.15, by the table
//   n = tanh(cut(a + round15(r * c)))              reset_after = 1            Q0.15
//   n = tanh(cut(a + c)), y' = to y's grid of round15(r * h)                  reset_after = 0
//   h <- round15((2^15 - z) * n + z * h)           never leaves int16         Q0.15
//   y[t] = clamp(h * scale + zero, -128, 127), which is y' of the next step
//
// Operands in int8:
//   0  x: int8, as in float
//   1  w: int8 [3, cells, inputs]
//   2  r: int8 [3, cells, cells]
//   3  bias: int32 [2, 3, cells]: of w . x, of r . y', with their zero points folded in
//   4  scales: int32 [4, 3, cells]: of w . x to Q3.12 the multiplier in Q31 and the shift
//        ([-31, 30]), of r . y' the same
//   5  table: uint16 [256] (core/fixed_sigmoid.hpp)
//   6  h: int16 [batches, cells], kept from call to call; with fresh = 1 every call begins at 0
//   7  y: int8, as x with cells for inputs
//   8  gates: int16 [3, cells], then int8 [cells], scratch
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_GRU_PARAMS(F)                   \
  F(int32_t, batches) /* [1, 2^15] as all */ \
  F(int32_t, steps)                          \
  F(int32_t, inputs)                         \
  F(int32_t, cells)                          \
  F(int32_t, time_major)  /* 0 or 1 */       \
  F(int32_t, reset_after) /* 0 or 1 */       \
  F(int32_t, fresh)       /* 0 or 1 */
MOTE_PARAMS(GruParams, MOTE_GRU_PARAMS)

#define MOTE_GRU_S8_PARAMS(F)                    \
  MOTE_GRU_PARAMS(F)                             \
  F(int32_t, y_zero)       /* zero point of y */ \
  F(int32_t, y_multiplier) /* of Q0.15 to y */   \
  F(int32_t, y_shift)      /* [-31, 30] */
MOTE_PARAMS(GruS8Params, MOTE_GRU_S8_PARAMS)
#undef MOTE_GRU_S8_PARAMS
#undef MOTE_GRU_PARAMS

template <class P>
bool gru_in_range(const P& p) {
  const int32_t extents[] = {p.batches, p.steps, p.inputs, p.cells};
  for (int32_t value : extents) {
    if (value < 1 || value > 1 << 15) return false;
  }
  return true;
}

inline Status gru_check(const GruParams& p, const uint32_t* bytes) {
  if (!gru_in_range(p)) return Status::bad_params;
  const uint32_t x = extent(p.batches, p.steps, p.inputs, 4);
  const uint32_t y = extent(p.batches, p.steps, p.cells, 4);
  const bool fits = x <= bytes[0] && extent(12, p.cells, p.inputs) <= bytes[1] &&
                    extent(12, p.cells, p.cells) <= bytes[2] && extent(24, p.cells) <= bytes[3] &&
                    extent(p.batches, p.cells, 4) <= bytes[4] && y <= bytes[5] &&
                    extent(12, p.cells) <= bytes[6] && x <= uint32_t{INT32_MAX} &&
                    y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status gru_s8_check(const GruS8Params& p, const uint32_t* bytes) {
  if (!gru_in_range(p)) return Status::bad_params;
  const uint32_t x = extent(p.batches, p.steps, p.inputs);
  const uint32_t y = extent(p.batches, p.steps, p.cells);
  const bool fits = x <= bytes[0] && extent(3, p.cells, p.inputs) <= bytes[1] &&
                    extent(3, p.cells, p.cells) <= bytes[2] && extent(24, p.cells) <= bytes[3] &&
                    extent(48, p.cells) <= bytes[4] && 512 <= bytes[5] &&
                    extent(p.batches, p.cells, 2) <= bytes[6] && y <= bytes[7] &&
                    extent(7, p.cells) <= bytes[8] && x <= uint32_t{INT32_MAX} &&
                    y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

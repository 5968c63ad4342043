// Gated recurrent unit over a sequence, in float, as ONNX's GRU and Keras's define it. K. Cho et
// al., "Learning phrase representations using RNN encoder-decoder", EMNLP 2014.
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
#undef MOTE_GRU_PARAMS

inline Status gru_check(const GruParams& p, const uint32_t* bytes) {
  const int32_t extents[] = {p.batches, p.steps, p.inputs, p.cells};
  for (int32_t value : extents) {
    if (value < 1 || value > 1 << 15) return Status::bad_params;
  }
  const uint32_t x = extent(p.batches, p.steps, p.inputs, 4);
  const uint32_t y = extent(p.batches, p.steps, p.cells, 4);
  const bool fits = x <= bytes[0] && extent(12, p.cells, p.inputs) <= bytes[1] &&
                    extent(12, p.cells, p.cells) <= bytes[2] && extent(24, p.cells) <= bytes[3] &&
                    extent(p.batches, p.cells, 4) <= bytes[4] && y <= bytes[5] &&
                    extent(12, p.cells) <= bytes[6] && x <= uint32_t{INT32_MAX} &&
                    y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

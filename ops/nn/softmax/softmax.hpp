// Softmax over the last axis, int8 as TensorFlow Lite defines it (reference_ops::Softmax).
//
//   y[r, c] = 256 * exp(beta * (x[r, c] - max_r)) / sum_c exp(beta * (x[r, c] - max_r)) - 128
//
// Differences are rescaled to Q5.26, exponentials are Q0.31, their sum is Q12.19. y has scale 1/256
// and zero point -128.
//
// Operands:
//   0  x: int8 [rows, columns]
//   1  y: int8 [rows, columns]; may be x
//
// int16 (reference_ops::SoftmaxInt16): exp of [-10, 0] and 1 / (1 + x) of [0, 1] come from tables
// of 512 pieces in Q0.15; y has scale 1/32768 and zero point 0.
//
// Operands in int16:
//   0  x: int16 [rows, columns]
//   1  exponentials: int16 [513]
//   2  reciprocals: int16 [513]
//   3  y: int16 [rows, columns]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SOFTMAX_PARAMS(F)                                                              \
  F(int32_t, rows)       /* >= 1 */                                                         \
  F(int32_t, columns)    /* 1 to 4095, so that the sum fits */                              \
  F(int32_t, multiplier) /* Q31, beta * scale of x in Q5.26 is multiplier * 2^(shift-31) */ \
  F(int32_t, shift)      /* left, [0, 31] */                                                \
  F(int32_t, diff_min)   /* smaller differences give 0, <= 0 */
MOTE_PARAMS(SoftmaxParams, MOTE_SOFTMAX_PARAMS)
#undef MOTE_SOFTMAX_PARAMS

#define MOTE_SOFTMAX_FLOAT_PARAMS(F) \
  F(int32_t, rows)    /* >= 1 */     \
  F(int32_t, columns) /* >= 1 */     \
  F(float, beta)      /* > 0 */
MOTE_PARAMS(SoftmaxFloatParams, MOTE_SOFTMAX_FLOAT_PARAMS)
#undef MOTE_SOFTMAX_FLOAT_PARAMS

constexpr int32_t softmax_columns_max = 4095;

inline Status softmax_check(const SoftmaxParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.columns < 1 || p.columns > softmax_columns_max || p.multiplier < 0 ||
      p.shift < 0 || p.shift > 31 || p.diff_min > 0) {
    return Status::bad_params;
  }
  const uint32_t size = extent(p.rows, p.columns);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

// The same with y in int16, which has scale 1/65536 and zero point -32768.
inline Status softmax_s16_check(const SoftmaxParams& p, const uint32_t* bytes) {
  const uint32_t input_only[] = {bytes[0], bytes[0]};
  const Status checked = softmax_check(p, input_only);
  if (checked != Status::ok) return checked;
  return extent(p.rows, p.columns, 2) <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

#define MOTE_SOFTMAX_WIDE_PARAMS(F)                                                            \
  F(int32_t, rows)       /* >= 1 */                                                            \
  F(int32_t, columns)    /* 1 to 2^15, so that the sum fits */                                 \
  F(int32_t, multiplier) /* Q31, beta * scale of x in 10/65535 is multiplier * 2^(shift-31) */ \
  F(int32_t, shift)      /* [-31, 30] */
MOTE_PARAMS(SoftmaxWideParams, MOTE_SOFTMAX_WIDE_PARAMS)
#undef MOTE_SOFTMAX_WIDE_PARAMS

constexpr int32_t softmax_wide_columns_max = 1 << 15, softmax_table_entries = 513;

inline Status softmax_wide_check(const SoftmaxWideParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.columns < 1 || p.columns > softmax_wide_columns_max) {
    return Status::bad_params;
  }
  constexpr uint32_t table = 2 * softmax_table_entries;
  const uint32_t size = extent(p.rows, p.columns, 2);
  const bool fits = size <= bytes[0] && table <= bytes[1] && table <= bytes[2] && size <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status softmax_f32_check(const SoftmaxFloatParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.columns < 1) return Status::bad_params;
  const uint32_t size = extent(p.rows, p.columns, 4);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

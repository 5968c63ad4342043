// Logarithm of softmax.
//
//   y[r, c] = x[r, c] - log(sum_k exp(x[r, k]))
//
// int8 as TensorFlow Lite defines it (reference_ops::LogSoftmax): y has scale 1/16 and zero point
// 127; exp and log are core/fixed_exp.hpp's and core/fixed_log.hpp's, of differences to the row's
// largest value in Q5.26.
//
// Operands:
//   0  x: int8 or float [rows, columns]
//   1  y: int8 or float [rows, columns]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

// More columns could overflow the sum of exponentials in Q12.19.
constexpr int32_t log_softmax_columns_max = 4095;

#define MOTE_LOG_SOFTMAX_SHAPE(F) \
  F(int32_t, rows)    /* >= 1 */  \
  F(int32_t, columns) /* >= 1; int8: log_softmax_columns_max at most */

#define MOTE_LOG_SOFTMAX_PARAMS(F)                                   \
  MOTE_LOG_SOFTMAX_SHAPE(F)                                          \
  F(int32_t, multiplier)         /* Q31; of differences, to Q5.26 */ \
  F(int32_t, shift)              /* [0, 30] */                       \
  F(int32_t, reverse_multiplier) /* Q31; and back */                 \
  F(int32_t, reverse_shift)      /* [-31, 0] */                      \
  F(int32_t, diff_min)           /* smallest difference that isn't 0 after exp, <= 0 */
MOTE_PARAMS(LogSoftmaxParams, MOTE_LOG_SOFTMAX_PARAMS)
#undef MOTE_LOG_SOFTMAX_PARAMS

MOTE_PARAMS(LogSoftmaxFloatParams, MOTE_LOG_SOFTMAX_SHAPE)
#undef MOTE_LOG_SOFTMAX_SHAPE

inline Status log_softmax_check(const LogSoftmaxParams& p, const uint32_t* bytes) {
  const bool good = p.rows >= 1 && p.columns >= 1 && p.columns <= log_softmax_columns_max &&
                    p.shift >= 0 && p.shift <= 30 && p.diff_min <= 0;
  if (!good) return Status::bad_params;
  const uint32_t size = extent(p.rows, p.columns);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

inline Status log_softmax_f32_check(const LogSoftmaxFloatParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.columns < 1) return Status::bad_params;
  const uint32_t size = extent(p.rows, p.columns, 4);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

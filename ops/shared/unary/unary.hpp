// Element-wise functions of one tensor, for every op of that kind.
//
//   float:  y[i] = f(x[i], alpha)
//   int8:   y[i] = table[x[i]], whatever the function; the host computes the table
//
// Operands:
//   0  x: float or int8 [count]          0  x: int8 [count]
//   1  y: float [count]; may be x        1  table: int8 [256], by the value's bits as uint8
//                                        2  y: int8 [count]; may be x
#pragma once

#include "core/kernel.hpp"

namespace mote {

// (clang-format wraps such a list anew each time.)
// clang-format off
#define MOTE_UNARY_FUNCTIONS(X)                                                            \
  X(absolute) X(negate) X(square) X(square_root) X(inverse_square_root) X(exponential)     \
  X(logarithm) X(sine) X(cosine) X(floor) X(ceiling) X(round) X(logistic) X(tanh) X(elu)   \
  X(leaky_relu) X(hard_swish) X(gelu) X(gelu_tanh) X(relu) X(relu6) X(relu_n1_to_1)        \
  X(relu_0_to_1)
// clang-format on
enum class UnaryFunction : int32_t {
#define MOTE_UNARY_FUNCTION(name) name,
  MOTE_UNARY_FUNCTIONS(MOTE_UNARY_FUNCTION)
#undef MOTE_UNARY_FUNCTION
};

#define MOTE_UNARY_FLOAT_PARAMS(F)                          \
  F(int32_t, count)    /* >= 1 */                           \
  F(int32_t, function) /* a UnaryFunction; others give x */ \
  F(float, alpha)      /* leaky_relu: slope below 0 */
MOTE_PARAMS(UnaryFloatParams, MOTE_UNARY_FLOAT_PARAMS)
#undef MOTE_UNARY_FLOAT_PARAMS

#define MOTE_LOOKUP_PARAMS(F) F(int32_t, count) /* >= 1 */
MOTE_PARAMS(LookupParams, MOTE_LOOKUP_PARAMS)
#undef MOTE_LOOKUP_PARAMS

inline Status unary_f32_check(const UnaryFloatParams& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 4);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

inline Status lookup_s8_check(const LookupParams& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 1);
  const bool fits = size <= bytes[0] && 256 <= bytes[1] && size <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote

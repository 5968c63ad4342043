// Element-wise functions of two tensors with broadcasting, for every op of that kind.
//
//   y[i] = f(a[i], b[i])     an axis of extent 1 in a or b repeats: its stride is 0
//
// In float and int32 f is computed and clamped. In int8 and int16, as TensorFlow Lite defines it:
//   rescaled (add, subtract, squared_difference, comparisons): both inputs times 2^left_shift are
//     requantised to a common scale, combined, and the result requantised to y's;
//   multiply: requantise((a - a_zero) * (b - b_zero));
//   maximum, minimum: stored values are compared; a, b and y share their quantisation;
//   prelu: a by its own scale from zero on, requantise((a - a_zero) * (b - b_zero)) below.
// Requantisation is core/fixed_point.hpp's double rounding. Comparisons give booleans and combine
// nothing. Integer division truncates, and by 0 it gives 0.
//
// Operands:
//   0  a
//   1  b
//   2  y: [n0, n1, n2, n3], dense; boolean for comparisons
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_BINARY_FUNCTIONS(X) \
  X(add)                         \
  X(subtract)                    \
  X(multiply)                    \
  X(divide)                      \
  X(maximum)                     \
  X(minimum)                     \
  X(squared_difference)          \
  X(floor_divide)                \
  X(floor_modulo)                \
  X(equal)                       \
  X(not_equal)                   \
  X(less) X(less_equal) X(greater) X(greater_equal) X(logical_and) X(logical_or) X(prelu)
enum class BinaryFunction : int32_t {
#define MOTE_BINARY_FUNCTION(name) name,
  MOTE_BINARY_FUNCTIONS(MOTE_BINARY_FUNCTION)
#undef MOTE_BINARY_FUNCTION
};

#define MOTE_BINARY_SHAPE(F)                 \
  F(int32_t, n0) /* extents of y, >= 1 */    \
  F(int32_t, n1)                             \
  F(int32_t, n2)                             \
  F(int32_t, n3)                             \
  F(int32_t, a_stride0) /* elements, >= 0 */ \
  F(int32_t, a_stride1)                      \
  F(int32_t, a_stride2)                      \
  F(int32_t, a_stride3)                      \
  F(int32_t, b_stride0)                      \
  F(int32_t, b_stride1)                      \
  F(int32_t, b_stride2)                      \
  F(int32_t, b_stride3)                      \
  F(int32_t, function) /* a BinaryFunction that the kernel has; others give 0 */

#define MOTE_BINARY_FLOAT_PARAMS(F) \
  MOTE_BINARY_SHAPE(F)              \
  F(float, activation_min)          \
  F(float, activation_max)
MOTE_PARAMS(BinaryFloatParams, MOTE_BINARY_FLOAT_PARAMS)
#undef MOTE_BINARY_FLOAT_PARAMS

#define MOTE_BINARY_PARAMS(F)                                       \
  MOTE_BINARY_SHAPE(F)                                              \
  F(int32_t, left_shift) /* rescaled: [0, 20] */                    \
  F(int32_t, a_zero)                                                \
  F(int32_t, b_zero)                                                \
  F(int32_t, output_zero)                                           \
  F(int32_t, a_multiplier) /* Q31, as b's and the output's */       \
  F(int32_t, a_shift)      /* [-31, 30], as b's and the output's */ \
  F(int32_t, b_multiplier)                                          \
  F(int32_t, b_shift)                                               \
  F(int32_t, output_multiplier)                                     \
  F(int32_t, output_shift)                                          \
  F(int32_t, activation_min)                                        \
  F(int32_t, activation_max)
MOTE_PARAMS(BinaryParams, MOTE_BINARY_PARAMS)
#undef MOTE_BINARY_PARAMS
#undef MOTE_BINARY_SHAPE

// in_bytes, out_bytes: of one element.
template <class P>
Status binary_check(const P& p, const uint32_t* bytes, int32_t in_bytes, int32_t out_bytes) {
  const int32_t extents[] = {p.n0, p.n1, p.n2, p.n3};
  const int32_t a[] = {p.a_stride0, p.a_stride1, p.a_stride2, p.a_stride3};
  const int32_t b[] = {p.b_stride0, p.b_stride1, p.b_stride2, p.b_stride3};
  int64_t last_a = 0, last_b = 0;
  for (int k = 0; k < 4; ++k) {
    if (extents[k] < 1 || a[k] < 0 || b[k] < 0) return Status::bad_params;
    last_a += int64_t{extents[k] - 1} * a[k];
    last_b += int64_t{extents[k] - 1} * b[k];
  }
  const bool fits = (last_a + 1) * in_bytes <= int64_t{bytes[0]} &&
                    (last_b + 1) * in_bytes <= int64_t{bytes[1]} &&
                    extent(p.n0, p.n1, p.n2, p.n3, out_bytes) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status binary_f32_check(const BinaryFloatParams& p, const uint32_t* bytes) {
  return binary_check(p, bytes, 4, 4);
}
inline Status compare_f32_check(const BinaryFloatParams& p, const uint32_t* bytes) {
  return binary_check(p, bytes, 4, 1);
}
template <int32_t in_bytes, int32_t out_bytes>
inline Status binary_integer_check(const BinaryParams& p, const uint32_t* bytes) {
  if (p.left_shift < 0 || p.left_shift > 20) return Status::bad_params;
  return binary_check(p, bytes, in_bytes, out_bytes);
}
inline Status binary_s8_check(const BinaryParams& p, const uint32_t* bytes) {
  return binary_integer_check<1, 1>(p, bytes);
}
inline Status binary_s16_check(const BinaryParams& p, const uint32_t* bytes) {
  return binary_integer_check<2, 2>(p, bytes);
}
inline Status binary_s32_check(const BinaryParams& p, const uint32_t* bytes) {
  return binary_integer_check<4, 4>(p, bytes);
}
inline Status compare_s16_check(const BinaryParams& p, const uint32_t* bytes) {
  return binary_integer_check<2, 1>(p, bytes);
}
inline Status compare_s32_check(const BinaryParams& p, const uint32_t* bytes) {
  return binary_integer_check<4, 1>(p, bytes);
}

// Calls f(a, b) for every element and stores what it gives.
template <class In, class Out, class P, class F>
MOTE_INLINE void binary_walk(const P& p, void* const* operands, F&& f) {
  const auto* a = static_cast<const In*>(operands[0]);
  const auto* b = static_cast<const In*>(operands[1]);
  auto* y = static_cast<Out*>(operands[2]);
  for (int32_t i = 0; i < p.n0; ++i) {
    for (int32_t j = 0; j < p.n1; ++j) {
      for (int32_t k = 0; k < p.n2; ++k) {
        const In* left = a + i * p.a_stride0 + j * p.a_stride1 + k * p.a_stride2;
        const In* right = b + i * p.b_stride0 + j * p.b_stride1 + k * p.b_stride2;
        for (int32_t l = 0; l < p.n3; ++l) {
          *y++ = static_cast<Out>(f(left[l * p.a_stride3], right[l * p.b_stride3]));
        }
      }
    }
  }
}

template <class T>
MOTE_INLINE bool binary_compare(int32_t function, T a, T b) {
  if (function == static_cast<int32_t>(BinaryFunction::equal)) return a == b;
  if (function == static_cast<int32_t>(BinaryFunction::not_equal)) return a != b;
  if (function == static_cast<int32_t>(BinaryFunction::less)) return a < b;
  if (function == static_cast<int32_t>(BinaryFunction::less_equal)) return a <= b;
  if (function == static_cast<int32_t>(BinaryFunction::greater)) return a > b;
  if (function == static_cast<int32_t>(BinaryFunction::greater_equal)) return a >= b;
  if (function == static_cast<int32_t>(BinaryFunction::logical_and)) return a != 0 && b != 0;
  if (function == static_cast<int32_t>(BinaryFunction::logical_or)) return a != 0 || b != 0;
  return false;
}

}  // namespace mote

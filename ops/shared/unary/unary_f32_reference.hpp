// Portable functions of a float.
#pragma once

#include "core/math.hpp"
#include "core/math_activation.hpp"
#include "ops/shared/unary/unary.hpp"

namespace mote {

inline float bounded_float(float x, float low, float high) {
  const float above = x < low ? low : x;
  return above > high ? high : above;
}

MOTE_INLINE float activation_float(int32_t function, float x, float alpha) {
  constexpr float sqrt_two_over_pi = 0.7978845608f, sqrt_half = 0.7071067812f;
  if (function == static_cast<int32_t>(UnaryFunction::logistic)) return math::logistic(x);
  if (function == static_cast<int32_t>(UnaryFunction::tanh)) return math::tanh(x);
  if (function == static_cast<int32_t>(UnaryFunction::elu)) return x < 0 ? math::expm1(x) : x;
  if (function == static_cast<int32_t>(UnaryFunction::leaky_relu)) return x > 0 ? x : x * alpha;
  if (function == static_cast<int32_t>(UnaryFunction::hard_swish)) {
    return x * bounded_float(x + 3.0f, 0.0f, 6.0f) / 6.0f;
  }
  if (function == static_cast<int32_t>(UnaryFunction::gelu)) {
    return 0.5f * x * math::erfc(-x * sqrt_half);
  }
  if (function == static_cast<int32_t>(UnaryFunction::gelu_tanh)) {
    return 0.5f * x * (1.0f + math::tanh(sqrt_two_over_pi * (x + 0.044715f * x * x * x)));
  }
  if (function == static_cast<int32_t>(UnaryFunction::relu)) return x > 0 ? x : 0.0f;
  if (function == static_cast<int32_t>(UnaryFunction::relu6)) return bounded_float(x, 0, 6);
  if (function == static_cast<int32_t>(UnaryFunction::relu_n1_to_1)) {
    return bounded_float(x, -1, 1);
  }
  if (function == static_cast<int32_t>(UnaryFunction::relu_0_to_1)) return bounded_float(x, 0, 1);
  return x;
}

MOTE_INLINE float unary_float(int32_t function, float x, float alpha) {
  if (function == static_cast<int32_t>(UnaryFunction::absolute)) return x < 0 ? -x : x;
  if (function == static_cast<int32_t>(UnaryFunction::negate)) return -x;
  if (function == static_cast<int32_t>(UnaryFunction::square)) return x * x;
  if (function == static_cast<int32_t>(UnaryFunction::square_root)) return math::sqrt(x);
  if (function == static_cast<int32_t>(UnaryFunction::inverse_square_root)) {
    return 1.0f / math::sqrt(x);
  }
  if (function == static_cast<int32_t>(UnaryFunction::exponential)) return math::exp(x);
  if (function == static_cast<int32_t>(UnaryFunction::logarithm)) return math::log(x);
  if (function == static_cast<int32_t>(UnaryFunction::sine)) return math::sin(x);
  if (function == static_cast<int32_t>(UnaryFunction::cosine)) return math::cos(x);
  if (function == static_cast<int32_t>(UnaryFunction::floor)) return math::floor(x);
  if (function == static_cast<int32_t>(UnaryFunction::ceiling)) return -math::floor(-x);
  if (function == static_cast<int32_t>(UnaryFunction::round)) return math::round_even(x);
  return activation_float(function, x, alpha);
}

template <class P>
void unary_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) y[i] = unary_float(p.function, x[i], p.alpha);
}

}  // namespace mote

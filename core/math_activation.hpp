// Functions of floats that networks use, made of core/math.hpp's: the same bits on every core.
// Errors are a few ulp: of the largest value around for logistic and tanh, of the result else.
#pragma once

#include "core/math_exp.hpp"

namespace mote {
namespace math {

// e^x - 1.
constexpr float expm1(float x) {
  if (!(x > -1.0f && x < 1.0f)) return exp(x) - 1.0f;
  float series = 1.0f;
  for (int32_t term = 13; term > 1; --term) series = 1.0f + x / static_cast<float>(term) * series;
  return x * series;
}

// 1 / (1 + e^-x).
constexpr float logistic(float x) {
  return 1.0f / (1.0f + exp(-x));
}

constexpr float tanh(float x) {
  const float size = x < 0 ? -x : x;
  if (size >= 10.0f) return x < 0 ? -1.0f : 1.0f;
  const float minus_one = expm1(-2.0f * size);
  const float value = -minus_one / (2.0f + minus_one);
  return x < 0 ? -value : value;
}

// 1 - erf(x): twice the upper tail of the normal distribution with variance 1/2. Near 0 by
//   erf(x) = 2 / sqrt(pi) * x * e^(-x^2) * sum (2 x^2)^n / (2 n + 1)!!
// and from 2 on by its continued fraction, so that small tails keep their digits.
constexpr float erfc(float x) {
  const float size = x < 0 ? -x : x;
  float tail = 0;
  if (size < 2.0f) {
    float term = 1.0f, sum = 1.0f;
    for (int32_t n = 1; n < 32; ++n) {
      term *= 2.0f * x * x / static_cast<float>(2 * n + 1);
      sum += term;
    }
    tail = 1.0f - 1.1283791671f * size * exp(-x * x) * sum;
  } else if (size < 10.0f) {
    float fraction = size;
    for (int32_t n = 24; n > 0; --n) fraction = size + 0.5f * static_cast<float>(n) / fraction;
    tail = 0.5641895835f * exp(-x * x) / fraction;
  }
  return x < 0 ? 2.0f - tail : tail;
}

// The whole number at or below x. Floats from 2^23 on are whole.
constexpr float floor(float x) {
  constexpr float whole_from = 8388608.0f;
  if (!(x > -whole_from && x < whole_from)) return x;
  const auto truncated = static_cast<float>(static_cast<int32_t>(x));
  return truncated > x ? truncated - 1.0f : truncated;
}

// The nearest whole number, halves to the even one.
constexpr float round_even(float x) {
  const float below = floor(x), rest = x - below;
  if (rest != 0.5f) return rest < 0.5f ? below : below + 1.0f;
  return below - 2.0f * floor(below * 0.5f) == 0.0f ? below : below + 1.0f;
}

}  // namespace math
}  // namespace mote

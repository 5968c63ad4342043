// For tests: sweeps a function over floats and finds its largest error in units in the last place.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/float_bits.hpp"

namespace mote {

struct UlpError {
  double largest = 0.0;
  float at = 0.0f;
  uint64_t wrong_class = 0;  // results that are NaN, infinite or signed where they shouldn't be
  float wrong_at = 0.0f;
};

inline double ulp_of(double reference) {
  int exponent = 0;
  std::frexp(reference, &exponent);
  return std::ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

// function(float) -> float against reference(float) -> double, over all bit patterns first,
// first + stride, ... The reference decides what is NaN and what overflows.
template <class Function, class Reference>
UlpError sweep(uint32_t first, uint32_t stride, Function function, Reference reference) {
  UlpError error;
  for (uint64_t bits = first; bits <= UINT32_MAX; bits += stride) {
    const float x = float_from_bits(static_cast<uint32_t>(bits));
    const float y = function(x);
    const double exact = reference(x);
    if (std::isnan(exact) || std::isinf(static_cast<float>(exact)) || exact == 0.0) {
      const float expected = std::isnan(exact) ? float_nan : static_cast<float>(exact);
      if (float_bits(y) != float_bits(expected)) {
        ++error.wrong_class;
        error.wrong_at = x;
      }
      continue;
    }
    const double ulps = std::fabs(static_cast<double>(y) - exact) / ulp_of(exact);
    if (!(ulps <= error.largest)) {
      error.largest = std::isnan(ulps) ? 1e9 : ulps;
      error.at = x;
    }
  }
  return error;
}

// sin(pi x) and cos(pi x): the reduction modulo 2 is exact, only the last step is rounded.
inline double reference_sin_pi(float x) {
  if (!std::isfinite(x)) return std::nan("");
  const double y = std::remainder(static_cast<double>(x), 2.0);
  if (y == std::nearbyint(y)) return std::copysign(0.0, static_cast<double>(x));
  return static_cast<double>(std::sin(3.14159265358979323846264338L * y));
}
inline double reference_cos_pi(float x) {
  if (!std::isfinite(x)) return std::nan("");
  const double y = std::fabs(std::remainder(static_cast<double>(x), 2.0));
  if (y == 0.5) return 0.0;
  return static_cast<double>(std::cos(3.14159265358979323846264338L * y));
}

}  // namespace mote

// Square root.
#pragma once

#include "core/float_bits.hpp"

#if defined(__SSE2__)
#include "core/sqrt_sse.hpp"
#elif defined(__aarch64__)
#include "core/sqrt_a64.hpp"
#elif defined(__ARM_FP)
#include "core/sqrt_vfp.hpp"
#else
#include "core/sqrt_portable.hpp"
#endif

namespace mote {
namespace math {

// sqrt(x), correctly rounded. x: any float; sqrt(-0) = -0, sqrt(inf) = inf, NaN for x < 0 and NaN.
inline float sqrt(float x) {
  const uint32_t bits = float_bits(x);
  if ((bits & 0x7fffffffu) == 0 || bits == 0x7f800000u) return x;
  if (bits > 0x7f800000u) return float_nan;
  return sqrt_positive(x);
}

}  // namespace math
}  // namespace mote

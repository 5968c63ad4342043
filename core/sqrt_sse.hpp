// Square root on x86-64: SQRTSS rounds correctly as IEEE 754 says.
#pragma once

#include <xmmintrin.h>

namespace mote {
namespace math {

// x: finite, > 0.
inline float sqrt_positive(float x) {
  return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)));
}

}  // namespace math
}  // namespace mote

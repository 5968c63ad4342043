// Square root on a core with a single-precision FPU: VSQRT rounds correctly as IEEE 754 says.
#pragma once

namespace mote {
namespace math {

// x: finite, > 0.
inline float sqrt_positive(float x) {
  float root;
  __asm__("vsqrt.f32 %0, %1" : "=t"(root) : "t"(x));
  return root;
}

}  // namespace math
}  // namespace mote

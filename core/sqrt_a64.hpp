// Square root on 64-bit Arm: FSQRT rounds correctly as IEEE 754 says.
#pragma once

namespace mote {
namespace math {

// x: finite, > 0.
inline float sqrt_positive(float x) {
  float root;
  __asm__("fsqrt %s0, %s1" : "=w"(root) : "w"(x));
  return root;
}

}  // namespace math
}  // namespace mote

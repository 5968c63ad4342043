// Square root on a core without floating-point hardware.
#pragma once

#include "core/sqrt_integer.hpp"

namespace mote {
namespace math {

// x: finite, > 0.
inline float sqrt_positive(float x) {
  return sqrt_integer(x);
}

}  // namespace math
}  // namespace mote

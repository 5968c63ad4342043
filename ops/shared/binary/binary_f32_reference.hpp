// Portable functions of two floats. The remainder of a division by 0 is not a number.
#pragma once

#include "core/math_activation.hpp"
#include "ops/shared/binary/binary.hpp"

namespace mote {

MOTE_INLINE float binary_float(int32_t function, float a, float b) {
  if (function == static_cast<int32_t>(BinaryFunction::add)) return a + b;
  if (function == static_cast<int32_t>(BinaryFunction::subtract)) return a - b;
  if (function == static_cast<int32_t>(BinaryFunction::multiply)) return a * b;
  if (function == static_cast<int32_t>(BinaryFunction::divide)) return a / b;
  if (function == static_cast<int32_t>(BinaryFunction::maximum)) return a > b ? a : b;
  if (function == static_cast<int32_t>(BinaryFunction::minimum)) return a < b ? a : b;
  if (function == static_cast<int32_t>(BinaryFunction::squared_difference)) {
    return (a - b) * (a - b);
  }
  if (function == static_cast<int32_t>(BinaryFunction::floor_divide)) return math::floor(a / b);
  if (function == static_cast<int32_t>(BinaryFunction::floor_modulo)) {
    return a - math::floor(a / b) * b;
  }
  if (function == static_cast<int32_t>(BinaryFunction::prelu)) return a >= 0 ? a : a * b;
  return 0;
}

template <class P>
void binary_f32_reference(const P& p, void* const* operands) {
  binary_walk<float, float>(p, operands, [&](float a, float b) {
    const float y = binary_float(p.function, a, b);
    if (y < p.activation_min) return p.activation_min;
    return y > p.activation_max ? p.activation_max : y;
  });
}

}  // namespace mote

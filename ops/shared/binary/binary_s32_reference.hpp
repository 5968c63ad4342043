// Portable functions of two unquantised integers.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/binary/binary.hpp"

namespace mote {

MOTE_INLINE int32_t binary_integer(int32_t function, int32_t a, int32_t b) {
  const bool divides = b != 0 && !(a == INT32_MIN && b == -1);
  const int32_t quotient = divides ? a / b : 0, rest = divides ? a % b : 0;
  const int32_t below = rest != 0 && (rest < 0) != (b < 0) ? 1 : 0;
  if (function == static_cast<int32_t>(BinaryFunction::add)) return a + b;
  if (function == static_cast<int32_t>(BinaryFunction::subtract)) return a - b;
  if (function == static_cast<int32_t>(BinaryFunction::multiply)) return a * b;
  if (function == static_cast<int32_t>(BinaryFunction::divide)) return quotient;
  if (function == static_cast<int32_t>(BinaryFunction::maximum)) return a > b ? a : b;
  if (function == static_cast<int32_t>(BinaryFunction::minimum)) return a < b ? a : b;
  if (function == static_cast<int32_t>(BinaryFunction::squared_difference)) {
    return (a - b) * (a - b);
  }
  if (function == static_cast<int32_t>(BinaryFunction::floor_divide)) return quotient - below;
  if (function == static_cast<int32_t>(BinaryFunction::floor_modulo)) return rest + below * b;
  return 0;
}

template <class P>
void binary_s32_reference(const P& p, void* const* operands) {
  binary_walk<int32_t, int32_t>(p, operands, [&](int32_t a, int32_t b) {
    return clamp(binary_integer(p.function, a, b), p.activation_min, p.activation_max);
  });
}

}  // namespace mote

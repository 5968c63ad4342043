// Portable comparisons of unquantised integers.
#pragma once

#include "ops/shared/binary/binary.hpp"

namespace mote {

template <class P>
void compare_s32_reference(const P& p, void* const* operands) {
  binary_walk<int32_t, uint8_t>(
      p, operands, [&](int32_t a, int32_t b) { return binary_compare(p.function, a, b); });
}

}  // namespace mote

// Portable comparisons of floats.
#pragma once

#include "ops/shared/binary/binary.hpp"

namespace mote {

template <class P>
void compare_f32_reference(const P& p, void* const* operands) {
  binary_walk<float, uint8_t>(p, operands,
                              [&](float a, float b) { return binary_compare(p.function, a, b); });
}

}  // namespace mote

// Portable functions of two quantised int16 values that give booleans.
#pragma once

#include "ops/shared/binary/binary_rescaled.hpp"

namespace mote {

template <class P>
void compare_s16_reference(const P& p, void* const* operands) {
  binary_walk<int16_t, uint8_t>(p, operands, BinaryRescaled<P>{p});
}

}  // namespace mote

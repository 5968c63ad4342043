// Portable functions of two quantised int16 values.
#pragma once

#include "ops/shared/binary/binary_rescaled.hpp"

namespace mote {

template <class P>
void binary_s16_reference(const P& p, void* const* operands) {
  binary_walk<int16_t, int16_t>(p, operands, BinaryRescaled<P>{p});
}

}  // namespace mote

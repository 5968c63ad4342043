// Portable functions of two quantised int8 values; comparisons give int8 0 or 1.
#pragma once

#include "ops/shared/binary/binary_rescaled.hpp"

namespace mote {

template <class P>
void binary_s8_reference(const P& p, void* const* operands) {
  binary_walk<int8_t, int8_t>(p, operands, BinaryRescaled<P>{p});
}

}  // namespace mote

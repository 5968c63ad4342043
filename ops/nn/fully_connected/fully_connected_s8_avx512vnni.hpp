// Fully connected layer for CPUs with AVX-512 VNNI; see fully_connected_lanes.hpp.
#pragma once

#include "ops/nn/fully_connected/fully_connected_lanes.hpp"

namespace mote {

template <class P>
void fully_connected_s8_avx512vnni(const P& p, void* const* operands) {
  fully_connected_lanes<LanesAvx512vnni>(p, operands);
}

}  // namespace mote

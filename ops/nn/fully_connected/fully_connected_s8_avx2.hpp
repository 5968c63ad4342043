// Fully connected layer for CPUs with AVX2; see fully_connected_lanes.hpp.
#pragma once

#include "ops/nn/fully_connected/fully_connected_lanes.hpp"

namespace mote {

template <class P>
void fully_connected_s8_avx2(const P& p, void* const* operands) {
  fully_connected_lanes<LanesAvx2>(p, operands);
}

}  // namespace mote

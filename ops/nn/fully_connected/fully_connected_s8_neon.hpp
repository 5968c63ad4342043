// Fully connected layer for 64-bit Arm CPUs; see fully_connected_lanes.hpp.
#pragma once

#include "ops/nn/fully_connected/fully_connected_lanes.hpp"

namespace mote {

template <class P>
void fully_connected_s8_neon(const P& p, void* const* operands) {
  fully_connected_lanes<LanesNeon>(p, operands);
}

}  // namespace mote

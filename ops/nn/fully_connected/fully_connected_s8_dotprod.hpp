// Fully connected layer for Arm CPUs with the dot product extension; see fully_connected_lanes.hpp.
#pragma once

#include "ops/nn/fully_connected/fully_connected_lanes.hpp"

namespace mote {

template <class P>
void fully_connected_s8_dotprod(const P& p, void* const* operands) {
  fully_connected_lanes<LanesDotprod>(p, operands);
}

}  // namespace mote

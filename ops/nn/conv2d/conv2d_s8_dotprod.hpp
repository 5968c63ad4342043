// Convolution for Arm CPUs with the dot product extension; see conv2d_lanes.hpp.
#pragma once

#include "ops/nn/conv2d/conv2d_lanes.hpp"

namespace mote {

template <class P>
void conv2d_s8_dotprod(const P& p, void* const* operands) {
  conv2d_lanes<LanesDotprod>(p, operands);
}

}  // namespace mote

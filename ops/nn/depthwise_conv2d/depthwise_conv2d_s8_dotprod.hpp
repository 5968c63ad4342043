// Depthwise convolution for Arm CPUs with the dot product extension; see
// depthwise_conv2d_lanes.hpp.
#pragma once

#include "ops/nn/depthwise_conv2d/depthwise_conv2d_lanes.hpp"

namespace mote {

template <class P>
void depthwise_conv2d_s8_dotprod(const P& p, void* const* operands) {
  depthwise_conv2d_lanes<LanesDotprod>(p, operands);
}

}  // namespace mote

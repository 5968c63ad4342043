// Depthwise convolution for 64-bit Arm CPUs; see depthwise_conv2d_lanes.hpp.
#pragma once

#include "ops/nn/depthwise_conv2d/depthwise_conv2d_lanes.hpp"

namespace mote {

template <class P>
void depthwise_conv2d_s8_neon(const P& p, void* const* operands) {
  depthwise_conv2d_lanes<LanesNeon>(p, operands);
}

}  // namespace mote

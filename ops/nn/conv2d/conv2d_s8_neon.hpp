// Convolution for 64-bit Arm CPUs; see conv2d_lanes.hpp.
#pragma once

#include "ops/nn/conv2d/conv2d_lanes.hpp"

namespace mote {

template <class P>
void conv2d_s8_neon(const P& p, void* const* operands) {
  conv2d_lanes<LanesNeon>(p, operands);
}

}  // namespace mote

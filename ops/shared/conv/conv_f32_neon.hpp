// Sums of products in float for 64-bit Arm CPUs; see conv_f32_lanes.hpp.
#pragma once

#include "ops/shared/conv/conv_f32_lanes.hpp"

namespace mote {

template <class P>
void conv_f32_neon(const P& p, void* const* operands) {
  conv_f32_lanes<LanesNeon>(p, operands);
}

}  // namespace mote

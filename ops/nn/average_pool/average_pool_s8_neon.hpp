// Average pooling for 64-bit Arm CPUs; see average_pool_lanes.hpp.
#pragma once

#include "ops/nn/average_pool/average_pool_lanes.hpp"

namespace mote {

template <class P>
void average_pool_s8_neon(const P& p, void* const* operands) {
  average_pool_lanes<LanesNeon>(p, operands);
}

}  // namespace mote

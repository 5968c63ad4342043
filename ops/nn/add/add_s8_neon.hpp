// Addition for 64-bit Arm CPUs; see add_lanes.hpp.
#pragma once

#include "ops/nn/add/add_lanes.hpp"

namespace mote {

template <class P>
void add_s8_neon(const P& p, void* const* operands) {
  add_lanes<LanesNeon>(p, operands);
}

}  // namespace mote

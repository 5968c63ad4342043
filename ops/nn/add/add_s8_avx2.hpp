// Addition for CPUs with AVX2; see add_lanes.hpp.
#pragma once

#include "ops/nn/add/add_lanes.hpp"

namespace mote {

template <class P>
void add_s8_avx2(const P& p, void* const* operands) {
  add_lanes<LanesAvx2>(p, operands);
}

}  // namespace mote

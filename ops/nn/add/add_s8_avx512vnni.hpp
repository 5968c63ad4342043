// Addition for CPUs with AVX-512 VNNI; see add_lanes.hpp.
#pragma once

#include "ops/nn/add/add_lanes.hpp"

namespace mote {

template <class P>
void add_s8_avx512vnni(const P& p, void* const* operands) {
  add_lanes<LanesAvx512vnni>(p, operands);
}

}  // namespace mote

// Convolution for CPUs with AVX-512 VNNI; see conv2d_lanes.hpp.
#pragma once

#include "ops/nn/conv2d/conv2d_lanes.hpp"

namespace mote {

template <class P>
void conv2d_s8_avx512vnni(const P& p, void* const* operands) {
  conv2d_lanes<LanesAvx512vnni>(p, operands);
}

}  // namespace mote

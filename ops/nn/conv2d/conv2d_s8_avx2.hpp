// Convolution for CPUs with AVX2; see conv2d_lanes.hpp.
#pragma once

#include "ops/nn/conv2d/conv2d_lanes.hpp"

namespace mote {

template <class P>
void conv2d_s8_avx2(const P& p, void* const* operands) {
  conv2d_lanes<LanesAvx2>(p, operands);
}

}  // namespace mote

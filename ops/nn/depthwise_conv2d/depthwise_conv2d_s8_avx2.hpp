// Depthwise convolution for CPUs with AVX2; see depthwise_conv2d_lanes.hpp.
#pragma once

#include "ops/nn/depthwise_conv2d/depthwise_conv2d_lanes.hpp"

namespace mote {

template <class P>
void depthwise_conv2d_s8_avx2(const P& p, void* const* operands) {
  depthwise_conv2d_lanes<LanesAvx2>(p, operands);
}

}  // namespace mote

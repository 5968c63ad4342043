// Depthwise convolution for CPUs with AVX-512 VNNI; see depthwise_conv2d_lanes.hpp.
#pragma once

#include "ops/nn/depthwise_conv2d/depthwise_conv2d_lanes.hpp"

namespace mote {

template <class P>
void depthwise_conv2d_s8_avx512vnni(const P& p, void* const* operands) {
  depthwise_conv2d_lanes<LanesAvx512vnni>(p, operands);
}

}  // namespace mote

// Sums of products in float for CPUs with AVX-512 VNNI; see conv_f32_lanes.hpp.
#pragma once

#include "ops/shared/conv/conv_f32_lanes.hpp"

namespace mote {

template <class P>
void conv_f32_avx512vnni(const P& p, void* const* operands) {
  conv_f32_lanes<LanesAvx512vnni>(p, operands);
}

}  // namespace mote

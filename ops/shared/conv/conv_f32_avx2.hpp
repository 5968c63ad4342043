// Sums of products in float for CPUs with AVX2; see conv_f32_lanes.hpp.
#pragma once

#include "ops/shared/conv/conv_f32_lanes.hpp"

namespace mote {

template <class P>
void conv_f32_avx2(const P& p, void* const* operands) {
  conv_f32_lanes<LanesAvx2>(p, operands);
}

}  // namespace mote

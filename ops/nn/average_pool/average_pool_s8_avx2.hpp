// Average pooling for CPUs with AVX2; see average_pool_lanes.hpp.
#pragma once

#include "ops/nn/average_pool/average_pool_lanes.hpp"

namespace mote {

template <class P>
void average_pool_s8_avx2(const P& p, void* const* operands) {
  average_pool_lanes<LanesAvx2>(p, operands);
}

}  // namespace mote

// Portable running sum of floats.
#pragma once

#include "ops/nn/cumsum/cumsum.hpp"

namespace mote {

template <class P>
void cumsum_f32_reference(const P& p, void* const* operands) {
  cumsum_walk<float>(
      p, operands, float{0}, [](auto x) { return x; }, [](auto sum) { return sum; });
}

}  // namespace mote

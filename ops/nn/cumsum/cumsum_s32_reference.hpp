// Portable running sum of int32.
#pragma once

#include "ops/nn/cumsum/cumsum.hpp"

namespace mote {

template <class P>
void cumsum_s32_reference(const P& p, void* const* operands) {
  cumsum_walk<int32_t>(
      p, operands, int32_t{0}, [](auto x) { return x; }, [](auto sum) { return sum; });
}

}  // namespace mote

// Portable gather on several axes.
#pragma once

#include "ops/nn/gather_nd/gather_nd.hpp"

namespace mote {

template <class P>
void gather_nd_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]);
  const auto* index = static_cast<const int32_t*>(operands[1]);
  auto* y = static_cast<uint8_t*>(operands[2]);
  const int32_t extents[] = {p.extent0, p.extent1, p.extent2, p.extent3, p.extent4};
  for (int32_t k = 0; k < p.count; ++k, index += p.axes) {
    int32_t entry = 0;
    bool inside = true;
    for (int32_t axis = 0; axis < p.axes; ++axis) {
      inside = inside && index[axis] >= 0 && index[axis] < extents[axis];
      entry = inside ? entry * extents[axis] + index[axis] : 0;
    }
    for (int32_t i = 0; i < p.inner; ++i) *y++ = inside ? x[entry * p.inner + i] : uint8_t{0};
  }
}

}  // namespace mote

// Portable gather.
#pragma once

#include "ops/nn/gather/gather.hpp"

namespace mote {

template <class P>
void gather_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]);
  const auto* index = static_cast<const int32_t*>(operands[1]);
  auto* y = static_cast<uint8_t*>(operands[2]);
  for (int32_t o = 0; o < p.outer; ++o, x += p.entries * p.inner) {
    for (int32_t k = 0; k < p.count; ++k) {
      const bool inside = index[k] >= 0 && index[k] < p.entries;
      const uint8_t* entry = x + (inside ? index[k] : 0) * p.inner;
      for (int32_t i = 0; i < p.inner; ++i) *y++ = inside ? entry[i] : uint8_t{0};
    }
  }
}

}  // namespace mote

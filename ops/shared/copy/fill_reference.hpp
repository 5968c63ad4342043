// Portable fill.
#pragma once

#include "ops/shared/copy/copy.hpp"

namespace mote {

template <class P>
void fill_reference(const P& p, void* const* operands) {
  auto* y = static_cast<uint8_t*>(operands[0]);
  const uint64_t value =
      static_cast<uint32_t>(p.low) | static_cast<uint64_t>(static_cast<uint32_t>(p.high)) << 32;
  for (int32_t i = 0; i < p.count; ++i) {
    for (int32_t k = 0; k < p.width; ++k) *y++ = static_cast<uint8_t>(value >> (8 * k));
  }
}

}  // namespace mote

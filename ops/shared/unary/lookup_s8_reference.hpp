// Portable table look-up.
#pragma once

#include "ops/shared/unary/unary.hpp"

namespace mote {

template <class P>
void lookup_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]);
  const auto* table = static_cast<const uint8_t*>(operands[1]);
  auto* y = static_cast<uint8_t*>(operands[2]);
  for (int32_t i = 0; i < p.count; ++i) y[i] = table[x[i]];
}

}  // namespace mote

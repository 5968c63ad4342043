// Portable rectifier with an upper end.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/relu6/relu6.hpp"

namespace mote {

template <class P>
void relu6_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) y[i] = static_cast<int8_t>(clamp(x[i], p.low, p.high));
}

}  // namespace mote

// Portable dequantisation.
#pragma once

#include "ops/nn/dequantize/dequantize.hpp"

namespace mote {

template <class P>
void dequantize_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) y[i] = p.scale * static_cast<float>(x[i] - p.zero_point);
}

}  // namespace mote

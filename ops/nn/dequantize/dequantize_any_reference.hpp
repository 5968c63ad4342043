// Portable dequantisation of any integer type.
#pragma once

#include "ops/nn/dequantize/dequantize.hpp"

namespace mote {

template <class P>
void dequantize_any_reference(const P& p, void* const* operands) {
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) {
    y[i] = p.scale * static_cast<float>(load_element(p.x_kind, operands[0], i) - p.zero_point);
  }
}

}  // namespace mote

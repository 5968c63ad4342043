// Portable gather of int8 entries as floats.
#pragma once

#include "ops/nn/gather/gather.hpp"

namespace mote {

template <class P>
void gather_dequantize_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* index = static_cast<const int32_t*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  for (int32_t k = 0; k < p.count; ++k) {
    const bool inside = index[k] >= 0 && index[k] < p.entries;
    const int8_t* entry = x + (inside ? index[k] : 0) * p.inner;
    for (int32_t i = 0; i < p.inner; ++i) {
      *y++ = inside ? p.scale * static_cast<float>(entry[i] - p.zero) : 0.0f;
    }
  }
}

}  // namespace mote

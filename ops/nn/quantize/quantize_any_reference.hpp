// Portable quantisation of floats to any integer type.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/quantize/quantize.hpp"

namespace mote {

template <class P>
void quantize_any_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  constexpr float limit = 8388608.0f;
  for (int32_t i = 0; i < p.count; ++i) {
    const float scaled = x[i] / p.scale;
    int32_t value = 0;  // of what is not a number
    if (scaled > limit || scaled < -limit) {
      value = scaled > 0 ? 1 << 23 : -(1 << 23);
    } else if (scaled == scaled) {
      // Truncation first: adding one half to a float just below it would round up.
      value = static_cast<int32_t>(scaled);
      const float rest = scaled - static_cast<float>(value);
      if (rest >= 0.5f) ++value;
      if (rest <= -0.5f) --value;
    }
    store_element(p.y_kind, operands[1], i, clamp(value + p.zero_point, p.low, p.high));
  }
}

}  // namespace mote

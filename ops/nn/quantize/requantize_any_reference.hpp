// Portable change of scale and type.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/quantize/quantize.hpp"

namespace mote {

template <class P>
void requantize_any_reference(const P& p, void* const* operands) {
  for (int32_t i = 0; i < p.count; ++i) {
    const auto x = static_cast<int32_t>(load_element(p.x_kind, operands[0], i));
    const int32_t scaled = multiply_by_quantized_multiplier(x - p.x_zero, p.multiplier, p.shift);
    store_element(p.y_kind, operands[1], i, clamp(scaled + p.zero_point, p.low, p.high));
  }
}

}  // namespace mote

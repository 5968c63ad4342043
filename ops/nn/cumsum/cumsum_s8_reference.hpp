// Portable running sum of int8.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/cumsum/cumsum.hpp"

namespace mote {

template <class P>
void cumsum_s8_reference(const P& p, void* const* operands) {
  constexpr int32_t step = 1 << 19;
  cumsum_walk<int8_t>(
      p, operands, -p.x_zero * step, [&p](int8_t x) { return (x - p.x_zero) * step; },
      [&p](int32_t sum) {
        const int32_t y = multiply_by_quantized_multiplier(sum, p.multiplier, p.shift);
        return static_cast<int8_t>(clamp(y + p.output_zero, -128, 127));
      });
}

}  // namespace mote

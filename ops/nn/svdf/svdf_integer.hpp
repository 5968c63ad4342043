// The int8 layer with a state of either width.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/svdf/svdf.hpp"

namespace mote {

template <class State, class P>
MOTE_INLINE void svdf_integer(const P& p, void* const* operands) {
  constexpr int32_t high = (1 << (8 * sizeof(State) - 1)) - 1;
  svdf_walk<int32_t, int8_t, State>(
      p, operands, p.x_zero, p.state_zero,
      [&](int32_t sum) {
        const int32_t state =
            multiply_by_quantized_multiplier(sum, p.feature_multiplier, p.feature_shift);
        return static_cast<State>(clamp(state + p.state_zero, -high - 1, high));
      },
      [&](int32_t sum) {
        const int32_t y = multiply_by_quantized_multiplier(sum, p.time_multiplier, p.time_shift);
        return static_cast<int8_t>(clamp(y + p.output_zero, -128, 127));
      });
}

}  // namespace mote

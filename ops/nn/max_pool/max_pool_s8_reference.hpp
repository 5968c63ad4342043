// Max pooling, int8 as TensorFlow Lite defines it.
//
//   y[r, c, ch] = clamp(largest of the window's values)
//
// Values outside the input don't count. x and y share scale and zero point. Operands: those of
// ops/shared/pool/pool_s8.hpp.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/pool/pool_s8.hpp"

namespace mote {

template <class P>
void max_pool_s8_reference(const P& p, void* const* operands) {
  pool_s8_over_windows(p, operands, [&p](const PoolS8Window& window, int8_t* y) {
    for (int32_t channel = 0; channel < p.channels; ++channel) {
      int32_t largest = -128;
      for (int32_t row = 0; row < window.rows; ++row) {
        const int8_t* value = window.x + row * window.row_bytes + channel;
        for (int32_t i = 0; i < window.columns; ++i) {
          if (*value > largest) largest = *value;
          value += p.channels;
        }
      }
      *y++ = static_cast<int8_t>(clamp(largest, p.activation_min, p.activation_max));
    }
  });
}

}  // namespace mote

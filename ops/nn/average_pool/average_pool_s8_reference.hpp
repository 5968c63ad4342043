// Average pooling, int8 as TensorFlow Lite defines it.
//
//   y[r, c, ch] = clamp(round(sum of the window's values / number of them))
//
// Values outside the input don't count; halves round away from zero. x and y share scale and zero
// point. Operands: those of ops/shared/pool/pool_s8.hpp.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/pool/pool_s8.hpp"

namespace mote {

inline int8_t average_pool_mean(int32_t sum, int32_t count, int32_t min, int32_t max) {
  const int32_t half = count / 2;
  return static_cast<int8_t>(clamp((sum > 0 ? sum + half : sum - half) / count, min, max));
}

template <class P>
void average_pool_s8_reference(const P& p, void* const* operands) {
  pool_s8_over_windows(p, operands, [&p](const PoolS8Window& window, int8_t* y) {
    for (int32_t channel = 0; channel < p.channels; ++channel) {
      int32_t sum = 0;
      for (int32_t row = 0; row < window.rows; ++row) {
        const int8_t* value = window.x + row * window.row_bytes + channel;
        for (int32_t i = 0; i < window.columns; ++i) {
          sum += *value;
          value += p.channels;
        }
      }
      *y++ =
          average_pool_mean(sum, window.rows * window.columns, p.activation_min, p.activation_max);
    }
  });
}

}  // namespace mote

// Portable pooling in float.
#pragma once

#include "core/math_sqrt.hpp"
#include "ops/shared/pool/pool.hpp"

namespace mote {

template <class P>
MOTE_INLINE float pool_f32_value(const P& p, const float* channel, const PoolWindow& window) {
  const bool root = p.function == static_cast<int32_t>(PoolFunction::root_mean_square);
  float sum = 0, largest = channel[(window.first_row * p.in_w + window.first_column) * p.channels];
  pool_window_walk(p, channel, window, [&](float value) {
    sum += root ? value * value : value;
    if (value > largest) largest = value;
  });
  if (p.function == static_cast<int32_t>(PoolFunction::largest)) return largest;
  const float mean = sum / static_cast<float>(window.count());
  return root ? math::sqrt(mean) : mean;
}

template <class P>
void pool_f32_reference(const P& p, void* const* operands) {
  pool_walk<float>(p, operands, [&p](const float* channel, const PoolWindow& window) {
    const float value = pool_f32_value(p, channel, window);
    const float bounded = value < p.activation_min ? p.activation_min : value;
    return bounded > p.activation_max ? p.activation_max : bounded;
  });
}

}  // namespace mote

// Pooling of integers, for the kernels of each type.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/pool/pool.hpp"

namespace mote {

// Sums wrap around beyond 32 bits.
template <class T, class P>
MOTE_INLINE T pool_integer_value(const P& p, const T* channel, const PoolWindow& window) {
  int32_t sum = 0,
          largest = channel[(window.first_row * p.in_w + window.first_column) * p.channels];
  pool_window_walk(p, channel, window, [&](int32_t value) {
    sum += value;
    if (value > largest) largest = value;
  });
  const int32_t count = window.count(), half = count / 2;
  int32_t value = (sum > 0 ? sum + half : sum - half) / count;
  if (p.function == static_cast<int32_t>(PoolFunction::largest)) value = largest;
  if (p.function == static_cast<int32_t>(PoolFunction::mean_halves_up)) {
    const int32_t quotient = (sum + half) / count;
    value = quotient - ((sum + half) % count < 0 ? 1 : 0);
  }
  return static_cast<T>(clamp(value, p.activation_min, p.activation_max));
}

template <class T, class P>
MOTE_INLINE void pool_integers(const P& p, void* const* operands) {
  pool_walk<T>(p, operands, [&p](const T* channel, const PoolWindow& window) {
    return pool_integer_value(p, channel, window);
  });
}

}  // namespace mote

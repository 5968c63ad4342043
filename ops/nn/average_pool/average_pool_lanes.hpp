// Average pooling on 64-bit CPUs: sixteen channels at a time; see core/lanes.hpp.
//
// Operands: those of ops/shared/pool/pool_s8.hpp.
#pragma once

#include <cstring>

#include "core/lanes.hpp"
#include "ops/nn/average_pool/average_pool_s8_reference.hpp"

namespace mote {

// Sums of sixteen channels of all values under the window.
template <class L>
MOTE_INLINE typename L::I32 average_pool_lanes_sums(const PoolS8Window& window, int32_t channels) {
  auto sums = L::all(0);
  for (int32_t row = 0; row < window.rows; ++row) {
    const int8_t* x = window.x + row * window.row_bytes;
    for (int32_t i = 0; i < window.columns; ++i) {
      sums = L::add(sums, L::load_wide(x));
      x += channels;
    }
  }
  return sums;
}

// All channels of one output; at least sixteen.
template <class L, class P>
void average_pool_lanes_output(const P& p, PoolS8Window window, int8_t* y) {
  const int8_t* const x = window.x;
  const int32_t count = window.rows * window.columns;
  for (int32_t channel = 0; channel < p.channels; channel += 16) {
    // The last sixteen end with the last channel.
    const int32_t first = channel + 16 <= p.channels ? channel : p.channels - 16;
    window.x = x + first;
    int32_t sums[16];
    L::store(sums, average_pool_lanes_sums<L>(window, p.channels));
    for (int32_t i = 0; i < 16; ++i) {
      y[first + i] = average_pool_mean(sums[i], count, p.activation_min, p.activation_max);
    }
  }
}

inline Status average_pool_lanes_check(const PoolS8Params& p, const uint32_t* bytes) {
  return p.channels < 16 ? Status::bad_params : pool_s8_check(p, bytes);
}

template <class L, class P>
void average_pool_lanes(const P& p, void* const* operands) {
  pool_s8_over_windows(p, operands, [&p](const PoolS8Window& window, int8_t* y) {
    average_pool_lanes_output<L>(p, window, y);
  });
}

}  // namespace mote

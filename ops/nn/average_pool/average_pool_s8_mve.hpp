// Average pooling for cores with the vector extension: sixteen channels at a time, summed in int16
// as far as those reach.
//
// Operands: those of ops/shared/pool/pool_s8.hpp.
#pragma once

#include "core/mve.hpp"
#include "ops/nn/average_pool/average_pool_s8_reference.hpp"

namespace mote {

// Most int8 whose sum always fits into int16.
constexpr int32_t average_pool_mve_run = 256;

// Sums of the channels [0, lanes) of all values under the window, lanes in [1, 16].
inline void average_pool_mve_sums(const PoolS8Window& window, int32_t channels, int32_t lanes,
                                  int32_t* sums) {
  MveI32 wide[4] = {mve_all_i32(0), mve_all_i32(0), mve_all_i32(0), mve_all_i32(0)};
  for (int32_t row = 0; row < window.rows; ++row) {
    const int8_t* x = window.x + row * window.row_bytes;
    for (int32_t left = window.columns; left > 0;) {
      const int32_t run = left < average_pool_mve_run ? left : average_pool_mve_run;
      const MveI8 first = mve_load_part(x, lanes);
      MveI16 even = mve_widen_even(first), odd = mve_widen_odd(first);
      x += channels;
      for (int32_t i = 1; i < run; ++i) {
        const MveI8 next = mve_load_part(x, lanes);
        even = mve_add(even, mve_widen_even(next));
        odd = mve_add(odd, mve_widen_odd(next));
        x += channels;
      }
      wide[0] = mve_add(wide[0], mve_widen_even(even));
      wide[1] = mve_add(wide[1], mve_widen_even(odd));
      wide[2] = mve_add(wide[2], mve_widen_odd(even));
      wide[3] = mve_add(wide[3], mve_widen_odd(odd));
      left -= run;
    }
  }
  for (int32_t i = 0; i < 4; ++i) mve_store(sums + 4 * i, wide[i]);
}

// All channels of one output.
template <class P>
void average_pool_mve_output(const P& p, PoolS8Window window, int8_t* y) {
  for (int32_t channel = 0; channel < p.channels; channel += 16) {
    const int32_t lanes = p.channels - channel < 16 ? p.channels - channel : 16;
    int32_t sums[16];
    average_pool_mve_sums(window, p.channels, lanes, sums);
    for (int32_t i = 0; i < lanes; ++i) {
      // The vector of channels 4 j + k is the k-th one.
      *y++ = average_pool_mean(sums[i % 4 * 4 + i / 4], window.rows * window.columns,
                               p.activation_min, p.activation_max);
    }
    window.x += 16;
  }
}

template <class P>
void average_pool_s8_mve(const P& p, void* const* operands) {
  pool_s8_over_windows(p, operands, [&p](const PoolS8Window& window, int8_t* y) {
    average_pool_mve_output(p, window, y);
  });
}

}  // namespace mote

// Average pooling for cores with the vector extension: sixteen channels at a time, summed in int16
// as far as those reach.
//
// Operands: those of average_pool.hpp.
#pragma once

#include "core/fixed_point.hpp"
#include "core/mve.hpp"
#include "ops/nn/average_pool/average_pool.hpp"

namespace mote {

// The part of the input under one window, of one image.
struct AveragePoolWindow {
  const int8_t* x;  // its first value
  int32_t rows, columns;
  int32_t row_bytes, channels;
};

// Most int8 whose sum always fits into int16.
constexpr int32_t average_pool_mve_run = 256;

// Sums of the channels [0, lanes) of all values under the window, lanes in [1, 16].
inline void average_pool_mve_sums(const AveragePoolWindow& window, int32_t lanes, int32_t* sums) {
  MveI32 wide[4] = {mve_all_i32(0), mve_all_i32(0), mve_all_i32(0), mve_all_i32(0)};
  for (int32_t row = 0; row < window.rows; ++row) {
    const int8_t* x = window.x + row * window.row_bytes;
    for (int32_t left = window.columns; left > 0;) {
      const int32_t run = left < average_pool_mve_run ? left : average_pool_mve_run;
      const MveI8 first = mve_load_part(x, lanes);
      MveI16 even = mve_widen_even(first), odd = mve_widen_odd(first);
      x += window.channels;
      for (int32_t i = 1; i < run; ++i) {
        const MveI8 next = mve_load_part(x, lanes);
        even = mve_add(even, mve_widen_even(next));
        odd = mve_add(odd, mve_widen_odd(next));
        x += window.channels;
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
void average_pool_mve_output(const P& p, AveragePoolWindow window, int8_t* y) {
  const int32_t count = window.rows * window.columns;
  const int32_t half = count / 2;
  for (int32_t channel = 0; channel < p.channels; channel += 16) {
    const int32_t lanes = p.channels - channel < 16 ? p.channels - channel : 16;
    int32_t sums[16];
    average_pool_mve_sums(window, lanes, sums);
    for (int32_t i = 0; i < lanes; ++i) {
      // The vector of channels 4 j + k is the k-th one.
      const int32_t sum = sums[i % 4 * 4 + i / 4];
      const int32_t mean = (sum > 0 ? sum + half : sum - half) / count;
      *y++ = static_cast<int8_t>(clamp(mean, p.activation_min, p.activation_max));
    }
    window.x += 16;
  }
}

template <class P>
void average_pool_s8_mve(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  const int32_t row_bytes = p.in_w * p.channels;
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t row = 0; row < p.out_h; ++row) {
      const int32_t top = row * p.stride_h - p.pad_top;
      const int32_t first_row = top < 0 ? 0 : top;
      const int32_t last_row = top + p.filter_h < p.in_h ? top + p.filter_h : p.in_h;
      for (int32_t column = 0; column < p.out_w; ++column) {
        const int32_t left = column * p.stride_w - p.pad_left;
        const int32_t first = left < 0 ? 0 : left;
        const int32_t last = left + p.filter_w < p.in_w ? left + p.filter_w : p.in_w;
        average_pool_mve_output(p,
                                {x + first_row * row_bytes + first * p.channels,
                                 last_row - first_row, last - first, row_bytes, p.channels},
                                y);
        y += p.channels;
      }
    }
    x += p.in_h * row_bytes;
  }
}

}  // namespace mote

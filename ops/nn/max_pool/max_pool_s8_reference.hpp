// Portable max pooling: one output row from the input rows under its window.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/max_pool/max_pool.hpp"

namespace mote {

// x: the window's first input row, rows: how many there are, in_w * channels values apart.
template <class P>
MOTE_INLINE void max_pool_s8_row(const P& p, const int8_t* x, int32_t rows, int8_t* y) {
  const int32_t row_stride = p.in_w * p.channels;
  for (int32_t column = 0; column < p.out_w; ++column) {
    const int32_t origin = column * p.stride_w - p.pad_left;
    const int32_t first = origin < 0 ? 0 : origin;
    const int32_t last = origin + p.filter_w < p.in_w ? origin + p.filter_w : p.in_w;
    const int8_t* window = x + first * p.channels;
    for (int32_t channel = 0; channel < p.channels; ++channel) {
      int32_t largest = -128;
      for (int32_t row = 0; row < rows; ++row) {
        const int8_t* value = window + row * row_stride + channel;
        for (int32_t tap = first; tap < last; ++tap) {
          if (*value > largest) largest = *value;
          value += p.channels;
        }
      }
      *y++ = static_cast<int8_t>(clamp(largest, p.activation_min, p.activation_max));
    }
  }
}

template <class P>
void max_pool_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);

  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t row = 0; row < p.out_h; ++row) {
      const int32_t origin = row * p.stride_h - p.pad_top;
      const int32_t first = origin < 0 ? 0 : origin;
      const int32_t last = origin + p.filter_h < p.in_h ? origin + p.filter_h : p.in_h;
      max_pool_s8_row(p, x + first * p.in_w * p.channels, last - first, y);
      y += p.out_w * p.channels;
    }
    x += p.in_h * p.in_w * p.channels;
  }
}

}  // namespace mote

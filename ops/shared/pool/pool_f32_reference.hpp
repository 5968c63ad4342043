// Portable pooling in float.
#pragma once

#include "ops/shared/pool/pool.hpp"

namespace mote {

struct PoolWindow {
  int32_t first_row, last_row, first_column, last_column;  // last: one behind
};

template <class P>
MOTE_INLINE float pool_f32_value(const P& p, const float* channel, const PoolWindow& window) {
  float sum = 0, largest = channel[(window.first_row * p.in_w + window.first_column) * p.channels];
  for (int32_t r = window.first_row; r < window.last_row; ++r) {
    for (int32_t c = window.first_column; c < window.last_column; ++c) {
      const float value = channel[(r * p.in_w + c) * p.channels];
      sum += value;
      if (value > largest) largest = value;
    }
  }
  const int32_t count =
      (window.last_row - window.first_row) * (window.last_column - window.first_column);
  return p.largest != 0 ? largest : sum / static_cast<float>(count);
}

template <class P>
void pool_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  const auto least = [](int32_t a, int32_t b) { return a < b ? a : b; };
  for (int32_t b = 0; b < p.batches; ++b, x += p.in_h * p.in_w * p.channels) {
    for (int32_t r = 0; r < p.out_h; ++r) {
      const int32_t top = r * p.stride_h - p.pad_top;
      for (int32_t c = 0; c < p.out_w; ++c) {
        const int32_t left = c * p.stride_w - p.pad_left;
        const PoolWindow window{top < 0 ? 0 : top, least(top + p.filter_h, p.in_h),
                                left < 0 ? 0 : left, least(left + p.filter_w, p.in_w)};
        for (int32_t channel = 0; channel < p.channels; ++channel) {
          const float value = pool_f32_value(p, x + channel, window);
          const float bounded = value < p.activation_min ? p.activation_min : value;
          *y++ = bounded > p.activation_max ? p.activation_max : bounded;
        }
      }
    }
  }
}

}  // namespace mote

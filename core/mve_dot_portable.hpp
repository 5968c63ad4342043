// core/mve_dot.hpp in plain C++: the same layouts, the same results.
#pragma once

#include "core/fixed_point.hpp"
#include "core/mve_dot.hpp"

namespace mote {

template <bool sign>
void mve_dot_pixel(const MveDot& dot, const int8_t* x, int32_t taps, int8_t* y) {
  for (const uint32_t* packed = dot.packed; packed < dot.packed_end;
       packed += mve_group_words(dot.taps)) {
    const auto* const weights = reinterpret_cast<const int8_t*>(packed + 4);
    const uint32_t* const constants = packed + 4 + dot.blocks * mve_block_taps;
    for (int32_t c = 0; c < mve_group_channels; ++c) {
      auto sum = packed[c];
      for (int32_t tap = 0; tap < taps; ++tap) {
        const int32_t block = tap / mve_block_taps * mve_group_channels + c;
        const int32_t w = weights[block * mve_block_taps + tap % mve_block_taps];
        sum += static_cast<uint32_t>(w * x[tap]);
      }
      const auto s = static_cast<int32_t>(sum);
      const int32_t high = rounding_doubling_high_mul(s, static_cast<int32_t>(constants[c]));
      const auto right = (24u - constants[8 + c]) & 31u;
      const int32_t addend = static_cast<int32_t>(constants[4 + c]) + (sign ? s >> 31 : 0);
      *y++ = static_cast<int8_t>(clamp((high + addend) >> right, dot.min, dot.max));
    }
  }
}

inline void mve_dot_1(const MveDot* dot) {
  mve_dot_pixel<true>(*dot, dot->x, dot->taps, dot->y);
}

template <bool sign>
void mve_dot_2(const MveDot* dot) {
  const int32_t taps = dot->blocks * mve_block_taps;
  for (int32_t i = 0; i < dot->pairs; ++i) {
    int8_t* const y = dot->y + 2 * i * dot->y_step;
    mve_dot_pixel<sign>(*dot, dot->x + i * dot->x_step, taps, y);
    mve_dot_pixel<sign>(*dot, dot->x_second + i * dot->x_step, taps, y + dot->y_step);
  }
}

template <int blocks, bool sign>
void mve_dot_4(const MveDotFours* dot) {
  const int32_t all = dot->more - dot->odd + 1;
  const int32_t taps = all * mve_block_taps;
  const MveDot one{
      nullptr,     taps,     nullptr, dot->packed + dot->groups * mve_group_words(taps),
      dot->packed, nullptr,  0,       all,
      dot->min,    dot->max, 1,       0};
  for (int32_t i = 0; i < 4 * dot->fours; ++i) {
    mve_dot_pixel<sign>(one, dot->x + i * dot->x_step, taps, dot->y + i * dot->y_step);
  }
}

}  // namespace mote

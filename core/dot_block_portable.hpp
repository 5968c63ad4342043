// core/dot_block.hpp in plain C++: the same layouts, the same results.
#pragma once

#include <cstddef>

#include "core/dot_block.hpp"

namespace mote {

// Tap pairs of four vectors side by side. x: int8 [4, taps]; taps: a multiple of 4.
inline void expand_four(uint32_t* to, const int8_t* x, int32_t taps) {
  for (int32_t i = 0; i < taps; i += 4, to += 8) {
    for (int32_t vector = 0; vector < 4; ++vector) {
      const uint32_t four = load_word(x + vector * taps + i);
      to[vector] = sxtb16(four);
      to[4 + vector] = sxtb16_odd(four);
    }
  }
}

// sum: what the accumulator holds for `constants`: m, addend, s.
template <bool sign>
int32_t dot_requantise(int32_t sum, const uint32_t* constants, const DotBlock& block) {
  const int32_t addend = static_cast<int32_t>(constants[1]) + (sign ? sum >> 31 : 0);
  const int32_t scaled = smmlar(sum, static_cast<int32_t>(constants[0]), addend);
  int32_t y = asr(scaled, static_cast<int32_t>(constants[2]));
  y = y < -128 ? -128 : (y > 127 ? 127 : y);
  const int32_t low = static_cast<int8_t>(block.low & 0xffu);
  const int32_t high = static_cast<int8_t>(block.high & 0xffu);
  if (block.clamped != 0) y = y < low ? low : (y > high ? high : y);
  return y;
}

template <int pixels, bool sign>
void dot_block(const DotBlock& block) {
  int8_t* y = block.y;
  for (const uint32_t* packed = block.packed; packed < block.packed_end;) {
    const uint32_t* const weights = packed + 2;
    const auto words = (block.x_end - block.x) / pixels;
    const uint32_t* const constants = weights + words;
    for (int pixel = 0; pixel < pixels; ++pixel) {
      uint32_t sum = packed[0];
      uint32_t both = packed[1];
      for (int i = 0; i < words; ++i) {
        const uint32_t x = block.x[i * pixels + pixel];
        sum = smlad(x, sxtb16(weights[i]), sum);
        both = smlad(x, weights[i], both);
      }
      const auto first = static_cast<int32_t>(sign ? sum << 1 : sum);
      const int32_t second = static_cast<int32_t>(both - sum) >> (sign ? 7 : 0);
      y[pixel * block.y_stride] =
          static_cast<int8_t>(dot_requantise<sign>(first, constants, block));
      y[pixel * block.y_stride + 1] =
          static_cast<int8_t>(dot_requantise<sign>(second, constants + 3, block));
    }
    y += 2;
    packed = constants + 6;
  }
}

template <bool sign>
void dot_block_4(const DotBlock* block) {
  dot_block<4, sign>(*block);
}

template <bool sign>
void dot_block_1(const DotBlock* block) {
  dot_block<1, sign>(*block);
}

// x and x_end are of bytes: tap pairs (0, 2), (1, 3) of each four are made on the way.
inline void dot_block_bytes(const DotBlock* block) {
  const auto words = block->x_end - block->x;  // of four bytes
  int8_t* y = block->y;
  for (const uint32_t* packed = block->packed; packed < block->packed_end;) {
    const uint32_t* const weights = packed + 2;
    uint32_t sum = packed[0];
    uint32_t both = packed[1];
    for (std::ptrdiff_t i = 0; i < words; ++i) {
      const uint32_t even = sxtb16(block->x[i]), odd = sxtb16_odd(block->x[i]);
      sum = smlad(odd, sxtb16(weights[2 * i + 1]), smlad(even, sxtb16(weights[2 * i]), sum));
      both = smlad(odd, weights[2 * i + 1], smlad(even, weights[2 * i], both));
    }
    const uint32_t* const constants = weights + 2 * words;
    const auto first = static_cast<int32_t>(sum << 1);
    const int32_t second = static_cast<int32_t>(both - sum) >> 7;
    *y++ = static_cast<int8_t>(dot_requantise<true>(first, constants, *block));
    *y++ = static_cast<int8_t>(dot_requantise<true>(second, constants + 3, *block));
    packed = constants + 6;
  }
}

}  // namespace mote

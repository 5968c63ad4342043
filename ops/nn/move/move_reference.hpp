// Portable move, four words at a time: x and y are aligned to words.
#pragma once

#include "ops/nn/move/move.hpp"

namespace mote {

template <class P>
void move_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]);
  auto* y = static_cast<uint8_t*>(operands[1]);
  constexpr int32_t step = 16;
  int32_t left = p.count;
  for (; left >= step; left -= step, x += step, y += step) {
    // All are read before the first is written, so y may lie less than a step in front of x.
    uint32_t words[4];
    __builtin_memcpy(words, x, step);
    __builtin_memcpy(y, words, step);
  }
  for (; left > 0; --left) *y++ = *x++;
}

}  // namespace mote

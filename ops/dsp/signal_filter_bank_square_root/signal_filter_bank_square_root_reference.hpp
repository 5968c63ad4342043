// Portable square root, a bit at a time.
#pragma once

#include "ops/dsp/signal_filter_bank_square_root/signal_filter_bank_square_root.hpp"

namespace mote {

inline uint32_t rounded_sqrt(uint64_t x) {
  uint64_t root = 0, rest = x;
  for (int32_t shift = 62; shift >= 0; shift -= 2) {
    const uint64_t bit = uint64_t{1} << shift;
    if (rest >= root + bit) {
      rest -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  const uint64_t largest = x >> 32 == 0 ? 0xffffu : 0xffffffffu;
  return static_cast<uint32_t>(rest > root && root != largest ? root + 1 : root);
}

template <class P>
void signal_filter_bank_square_root_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint64_t*>(operands[0]);
  const int32_t bits = *static_cast<const int32_t*>(operands[1]) & 31;
  auto* y = static_cast<uint32_t*>(operands[2]);
  for (int32_t c = 0; c < p.count; ++c) y[c] = rounded_sqrt(x[c]) >> bits;
}

}  // namespace mote

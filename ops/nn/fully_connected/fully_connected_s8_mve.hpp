// Fully connected kernel for cores with the vector extension; see core/mve_dot.hpp.
//
// Operands:
//   0  x: int8 [rows, in]
//   1  packed weights, bias and requantisation of core/mve_dot.hpp
//   2  y: int8 [rows, out]
#pragma once

#include "core/mve_dot.hpp"
#include "ops/nn/fully_connected/fully_connected.hpp"

namespace mote {

inline Status fully_connected_mve_check(const FullyConnectedParams& p, const uint32_t* bytes) {
  constexpr int32_t limit = 1 << 24;
  if (p.rows < 1 || p.in < 1 || p.out < 1 || p.in > limit || p.out > limit) {
    return Status::bad_params;
  }
  const int32_t groups = (p.out + mve_group_channels - 1) / mve_group_channels;
  const bool fits = extent(p.rows, p.in) <= bytes[0] &&
                    extent(groups, mve_group_words(p.in), 4) <= bytes[1] &&
                    extent(p.rows, p.out) <= bytes[2];
  return fits ? Status::ok : Status::out_of_bounds;
}

template <class P>
void fully_connected_s8_mve(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const MveLayer layer{static_cast<const uint32_t*>(operands[1]),
                       p.in,
                       p.out,
                       p.activation_min,
                       p.activation_max,
                       true};
  auto* y = static_cast<int8_t*>(operands[2]);
  // Whole blocks can be read of rows that end in one.
  const int32_t together = p.in % mve_block_taps == 0 ? 2 : 1;
  for (int32_t left = p.rows; left > 0;) {
    const int32_t pixels = left < together ? left : together;
    mve_dot_pixels(layer, x, pixels == 2 ? x + p.in : nullptr, y);
    x += pixels * p.in;
    y += pixels * p.out;
    left -= pixels;
  }
}

}  // namespace mote

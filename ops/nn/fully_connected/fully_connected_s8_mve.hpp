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
  const auto* const x = static_cast<const int8_t*>(operands[0]);
  const bool sign = p.output_zero > p.activation_min;
  const MveLayer layer{static_cast<const uint32_t*>(operands[1]),
                       p.in,
                       p.out,
                       p.activation_min,
                       p.activation_max,
                       p.rows >= 4 ? mve_fours_run(p.in, p.out, sign) : nullptr,
                       p.rows >= 2 ? mve_pairs_run(p.out, sign) : nullptr};
  auto* const y = static_cast<int8_t*>(operands[2]);
  if (p.rows == 1) {
    mve_dot_pixels(layer, x, nullptr, y);
  } else {
    mve_dot_all(layer, x, p.in, p.rows * p.in, p.rows, y);
  }
}

}  // namespace mote

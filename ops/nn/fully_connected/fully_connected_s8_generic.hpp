// Fully connected kernel for 32-bit cores without SIMD; see core/dot_generic.hpp.
//
// Operands:
//   0  x: int8 [rows, in]
//   1  weights: int8 [out, in]
//   2  channels: GenericChannel [out]
//   3  y: int8 [rows, out]
#pragma once

#include "core/dot_generic.hpp"
#include "ops/nn/fully_connected/fully_connected.hpp"

namespace mote {

inline Status fully_connected_generic_check(const FullyConnectedParams& p, const uint32_t* bytes) {
  if (p.rows < 1 || p.in < 1 || p.out < 1) return Status::bad_params;
  const bool fits = extent(p.rows, p.in) <= bytes[0] && extent(p.in, p.out) <= bytes[1] &&
                    extent(p.out, static_cast<int32_t>(sizeof(GenericChannel))) <= bytes[2] &&
                    extent(p.rows, p.out) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

template <class P>
void fully_connected_s8_generic(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* const weights = static_cast<const int8_t*>(operands[1]);
  const auto* const channels = static_cast<const GenericChannel*>(operands[2]);
  auto* y = static_cast<int8_t*>(operands[3]);
  const ClampRange range{p.activation_min, p.activation_max};
  if (p.rows == 1) {
    dot_generic_single(x, weights, p.in, channels, p.out, range, y);
    return;
  }
  for (int32_t row = 0; row < p.rows; row += 2) {
    // An odd last row goes with itself.
    const int32_t second = row + 1 < p.rows ? 1 : 0;
    dot_generic(x, x + second * p.in, weights, p.in, channels, p.out, range, y, y + second * p.out);
    x += (1 + second) * p.in;
    y += (1 + second) * p.out;
  }
}

}  // namespace mote

// Fully connected kernel for cores with the DSP extension: an input vector is expanded to int16
// once and multiplied with all outputs' weights; see core/dot_block.hpp.
//
// Operands:
//   0  x: int8 [rows, in]
//   1  packed weights, bias and requantisation of core/dot_block.hpp
//   2  y: int8 [rows, out]
//   3  scratch: tap pairs of four rows, or of one when there are fewer than four
#pragma once

#include "core/dot_block.hpp"
#include "ops/nn/fully_connected/fully_connected.hpp"

namespace mote {

inline Status fully_connected_armv7em_check(const FullyConnectedParams& p, const uint32_t* bytes) {
  constexpr int32_t limit = 1 << 24;
  if (p.rows < 1 || p.in < 1 || p.out < 1 || p.in > limit || p.out > limit || p.rows > limit) {
    return Status::bad_params;
  }
  const int32_t pairs = dot_pairs(p.in);
  const bool fits = extent(p.rows, p.in) <= bytes[0] &&
                    extent((p.out + 1) / 2, dot_block_words(pairs), 4) <= bytes[1] &&
                    extent(p.rows, p.out) <= bytes[2] &&
                    extent(pairs, p.rows >= 4 ? 4 : 1, 4) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

template <class P>
void fully_connected_s8_armv7em(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const DotLayer layer{static_cast<const uint32_t*>(operands[1]), dot_pairs(p.in), p.out,
                       p.activation_min, p.activation_max};
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const taps = static_cast<uint32_t*>(operands[3]);
  for (int32_t left = p.rows; left > 0;) {
    const int32_t pixels = left >= 4 ? 4 : 1;
    for (int32_t i = 0; i < pixels; ++i) {
      expand_taps(taps + i, x, p.in, pixels);
      x += p.in;
    }
    dot_pixels(layer, taps, pixels, y);
    y += pixels * p.out;
    left -= pixels;
  }
}

}  // namespace mote

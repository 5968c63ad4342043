// Fully connected kernel for cores with the DSP extension; see core/dot_block.hpp. Four rows at a
// time are expanded to int16 once and multiplied with all outputs' weights; fewer rows are expanded
// on the way where their words are whole.
//
// Operands:
//   0  x: int8 [rows, in]
//   1  packed weights, bias and requantisation of core/dot_block.hpp
//   2  y: int8 [rows, out]
//   3  scratch: tap pairs of four rows, of one, or nothing: fully_connected_armv7em_scratch
#pragma once

#include "core/dot_block.hpp"
#include "ops/nn/fully_connected/fully_connected.hpp"

namespace mote {

// Whether rows are read in place.
constexpr bool fully_connected_in_place(int32_t rows, int32_t in) {
  return rows < 4 && in % 4 == 0;
}

// Words of scratch.
inline uint32_t fully_connected_armv7em_scratch(int32_t rows, int32_t in) {
  if (fully_connected_in_place(rows, in)) return 0;
  return extent(dot_pairs(in), rows >= 4 ? 4 : 1);
}

inline Status fully_connected_armv7em_check(const FullyConnectedParams& p, const uint32_t* bytes) {
  constexpr int32_t limit = 1 << 24;
  if (p.rows < 1 || p.in < 1 || p.out < 1 || p.in > limit || p.out > limit || p.rows > limit) {
    return Status::bad_params;
  }
  const int32_t pairs = dot_pairs(p.in);
  const bool fits = extent(p.rows, p.in) <= bytes[0] &&
                    extent((p.out + 1) / 2, dot_block_words(pairs), 4) <= bytes[1] &&
                    extent(p.rows, p.out) <= bytes[2] &&
                    4 * fully_connected_armv7em_scratch(p.rows, p.in) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

template <class P>
void fully_connected_s8_armv7em(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const DotLayer layer{static_cast<const uint32_t*>(operands[1]), dot_pairs(p.in), p.out,
                       p.activation_min, p.activation_max};
  auto* y = static_cast<int8_t*>(operands[2]);
  if (fully_connected_in_place(p.rows, p.in)) {
    for (int32_t row = 0; row < p.rows; ++row) {
      dot_bytes(layer, reinterpret_cast<const uint32_t*>(x) + row * (p.in / 4), y + row * p.out);
    }
    return;
  }
  dot_vectors<true>(layer, x, p.in, p.rows, y, static_cast<uint32_t*>(operands[3]));
}

}  // namespace mote

// Fully connected layer on 64-bit CPUs; see ops/shared/conv/conv_lanes.hpp.
//
// Operands:
//   0  x: int8 [rows, in]
//   1  packed weights, bias and requantisation of core/lanes_dot.hpp; one run
//   2  y: int8 [rows, out]
//   3  scratch: fully_connected_lanes_scratch bytes
#pragma once

#include "ops/nn/fully_connected/fully_connected.hpp"
#include "ops/shared/conv/conv_lanes.hpp"

namespace mote {

inline uint32_t fully_connected_lanes_scratch(int32_t rows, int32_t in) {
  return extent(lanes_chunk(rows), in) + static_cast<uint32_t>(lanes_slack);
}

inline Status fully_connected_lanes_check(const FullyConnectedParams& p, const uint32_t* bytes) {
  constexpr int32_t limit = 1 << 24;
  if (p.rows < 1 || p.in < 1 || p.out < 1 || p.in > limit || p.out > limit || p.rows > limit) {
    return Status::bad_params;
  }
  const int32_t groups = (p.out + lanes_group - 1) / lanes_group;
  const bool fits = extent(p.rows, p.in) <= bytes[0] &&
                    extent(groups, lanes_group_words((p.in + 3) / 4), 4) <= bytes[1] &&
                    extent(p.rows, p.out) <= bytes[2] &&
                    fully_connected_lanes_scratch(p.rows, p.in) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

template <class L, class P>
void fully_connected_lanes(const P& p, void* const* operands) {
  const int32_t run = (p.in + 3) / 4;
  const LanesLayer<int8_t> layer{static_cast<const int32_t*>(operands[1]),
                                 lanes_group_words(run),
                                 1,
                                 run,
                                 p.out,
                                 static_cast<int8_t>(p.activation_min),
                                 static_cast<int8_t>(p.activation_max)};
  conv_lanes_points<L>(layer, static_cast<const int8_t*>(operands[0]), p.in, p.rows,
                       static_cast<int8_t*>(operands[3]), static_cast<int8_t*>(operands[2]));
}

}  // namespace mote

// core/mve_quads.hpp in plain C++: the same layouts, the same results.
#pragma once

#include "core/fixed_point.hpp"
#include "core/mve_quads.hpp"

namespace mote {

inline void mve_quad_row(const MveQuadRow* quad) {
  for (int32_t vector = 0; vector < quad->vectors; ++vector) {
    int8_t* const to = quad->to + vector * quad->to_step;
    for (int32_t lane = 0; lane < mve_quad_lanes; ++lane) {
      for (int32_t row = 0; row < 4; ++row) {
        const int8_t* const from = quad->rows[row] + vector * quad->steps[row];
        to[4 * lane + row] = lane < quad->lanes ? from[lane] : int8_t{0};
      }
    }
  }
}

// quads: the word of the output's first row and column; lower: whether it is the lower of two rows.
template <bool sign>
int8_t mve_quad_output(const MveQuadWalk& walk, const MveQuadChannel& channel, const int8_t* quads,
                       bool lower) {
  auto sum = static_cast<uint32_t>(channel.bias);
  for (int32_t kx = 0; kx < 3; ++kx) {
    for (int32_t ky = 0; ky < 3; ++ky) {
      const auto w = static_cast<int8_t>(channel.taps[kx] >> (8 * ky) & 0xffu);
      sum += static_cast<uint32_t>(w * quads[walk.columns[kx] + ky + (lower ? 1 : 0)]);
    }
  }
  const auto s = static_cast<int32_t>(sum);
  const int32_t addend = channel.addend + (sign ? s >> 31 : 0);
  const int32_t scaled =
      (rounding_doubling_high_mul(s, channel.multiplier) + addend) >> (channel.taps[0] >> 24 & 31u);
  return static_cast<int8_t>(clamp(scaled, -128, 127));
}

template <bool sign>
void mve_quad_walk(const MveQuadWalk* walk) {
  for (int32_t c = 0; c < walk->channels; ++c) {
    for (int32_t pass = 0; pass < walk->passes; ++pass) {
      const int8_t* const quads = walk->quads + 4 * c + pass * walk->quad_row_bytes;
      int8_t* const y = walk->y + c + pass * walk->y_pass_bytes;
      const uint32_t stored = pass == walk->passes - 1 ? walk->last_mask : walk->mask;
      for (int32_t i = 0; i <= walk->whole; ++i) {
        const uint32_t mask = i < walk->whole ? stored : stored & walk->rest_mask;
        for (int32_t k = 0; k < 4; ++k) {
          if ((mask >> (4 * k) & 1u) == 0) continue;
          y[i * walk->y_step + static_cast<int32_t>(walk->outputs[k])] = mve_quad_output<sign>(
              *walk, walk->packed[c], quads + i * walk->quads_step + walk->columns[k % 2], k >= 2);
        }
      }
    }
  }
}

}  // namespace mote

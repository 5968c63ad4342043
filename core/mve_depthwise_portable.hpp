// core/mve_depthwise.hpp in plain C++: the same layouts, the same results.
#pragma once

#include "core/fixed_point.hpp"
#include "core/mve_depthwise.hpp"

namespace mote {

// Where channel `lane` of sixteen lies in the vectors of sums.
inline int32_t mve_depthwise_place(int32_t lane) {
  constexpr int32_t vectors[] = {0, 2, 1, 3};
  return vectors[lane % 4] * 4 + lane / 4;
}

template <bool sign>
void mve_depthwise_3x3(const MveDepthwise* row) {
  const auto* const bias = reinterpret_cast<const int32_t*>(row->packed);
  const int8_t* const weights = row->packed + 64;
  const auto* const constants = reinterpret_cast<const int32_t*>(weights + 9 * 16);
  const int32_t step = 2 * row->column + row->advance;
  for (int32_t output = 0; output < row->outputs; ++output) {
    for (int32_t lane = 0; lane < row->lanes; ++lane) {
      const int32_t place = mve_depthwise_place(lane);
      auto sum = static_cast<uint32_t>(bias[place]);
      for (int32_t tap = 0; tap < 9; ++tap) {
        const int8_t* const x = row->rows[tap / 3] + output * step + tap % 3 * row->column;
        sum += static_cast<uint32_t>(x[lane] * weights[tap * 16 + lane]);
      }
      const auto s = static_cast<int32_t>(sum);
      const int32_t* const own = constants + place / 4 * 12 + place % 4;
      const int32_t addend = own[4] + (sign ? s >> 31 : 0);
      const auto right = static_cast<uint32_t>(-own[8]) & 31u;
      const int32_t scaled = (rounding_doubling_high_mul(s, own[0]) + addend) >> right;
      row->y[output * row->y_step + lane] = static_cast<int8_t>(clamp(scaled, row->min, row->max));
    }
  }
}

}  // namespace mote

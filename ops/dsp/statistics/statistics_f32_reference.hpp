// Portable kernel.
#pragma once

#include "ops/dsp/statistics/statistics.hpp"

namespace mote {

template <class P>
void statistics_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t axis = 0; axis < p.axes; ++axis) {
    float all[signal::statistic::count];
    signal::all_statistics(x + axis, p.axes, p.length, all);
    for (int32_t s = 0; s < signal::statistic::count; ++s) {
      if ((p.mask >> s & 1) != 0) *y++ = all[s];
    }
  }
}

}  // namespace mote

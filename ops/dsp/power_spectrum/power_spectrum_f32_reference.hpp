// Portable kernel. Each value is read before it can be overwritten, so it runs in place too.
#pragma once

#include "ops/dsp/power_spectrum/power_spectrum.hpp"

namespace mote {

template <class P>
void power_spectrum_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t f = 0; f < p.frames; ++f) {
    signal::power_of_bins(x, 2 * (p.bins - 1), y);
    x += 2 * p.bins;
    y += p.bins;
  }
}

}  // namespace mote

// Portable kernel.
#pragma once

#include "ops/dsp/spectral_peaks/spectral_peaks.hpp"

namespace mote {

template <class P>
void spectral_peaks_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t r = 0; r < p.rows; ++r) {
    signal::find_peaks(x, p.bins, p.bin_width, p.peaks, y);
    x += p.bins;
    y += 2 * p.peaks;
  }
}

}  // namespace mote

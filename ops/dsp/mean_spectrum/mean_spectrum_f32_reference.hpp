// Portable kernel.
#pragma once

#include "ops/dsp/mean_spectrum/mean_spectrum.hpp"

namespace mote {

template <class P>
void mean_spectrum_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* window = static_cast<const float*>(operands[1]);
  const auto* sine = static_cast<const float*>(operands[2]);
  auto* y = static_cast<float*>(operands[3]);
  auto* spectrum = static_cast<float*>(operands[4]);
  const int32_t bins = p.fft_length / 2 + 1;
  const int32_t frames = signal::frame_count(p.length, p.frame_length, p.hop);
  const signal::FrameShape shape{p.axes, p.frame_length, p.fft_length, 0.0f, p.remove_mean != 0};
  for (int32_t axis = 0; axis < p.axes; ++axis) {
    for (int32_t k = 0; k < bins; ++k) y[k] = 0.0f;
    for (int32_t f = 0; f < frames; ++f) {
      const float* first = x + f * p.hop * p.axes + axis;
      signal::load_frame(first, first, shape, window, spectrum);
      signal::real_fft(spectrum, p.fft_length, sine);
      signal::power_of_bins(spectrum, p.fft_length, spectrum);
      for (int32_t k = 0; k < bins; ++k) y[k] += spectrum[k];
    }
    const float share = 1.0f / static_cast<float>(frames);
    for (int32_t k = 0; k < bins; ++k) y[k] *= share;
    y += bins;
  }
}

}  // namespace mote

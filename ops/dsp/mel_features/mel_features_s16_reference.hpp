// Portable kernel.
#pragma once

#include "core/signal/filterbank.hpp"
#include "ops/dsp/mel_features/mel_features.hpp"

namespace mote {

template <class P>
void mel_features_s16_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  const auto* window = static_cast<const float*>(operands[1]);
  const auto* sine = static_cast<const float*>(operands[2]);
  const auto* table = static_cast<const float*>(operands[5]);
  auto* y = static_cast<float*>(operands[6]);
  auto* spectrum = static_cast<float*>(operands[7]);
  float* energies = spectrum + p.fft_length + 2;
  const signal::Filterbank bank{static_cast<const int32_t*>(operands[3]),
                                static_cast<const float*>(operands[4]), p.bands,
                                p.fft_length / 2 + 1, p.weight_count};
  const signal::FrameShape shape{p.axes, p.frame_length, p.fft_length, p.pre_emphasis, false};
  const int32_t frames = signal::frame_count(p.length, p.frame_length, p.hop);
  const int32_t values = p.coefficients > 0 ? p.coefficients : p.bands;
  for (int32_t f = 0; f < frames; ++f) {
    for (int32_t axis = 0; axis < p.axes; ++axis) {
      const int16_t* first = x + f * p.hop * p.axes + axis;
      signal::load_frame(first, f == 0 ? first : first - p.axes, shape, window, spectrum);
      signal::real_fft(spectrum, p.fft_length, sine);
      signal::power_of_bins(spectrum, p.fft_length, spectrum);
      signal::apply_filterbank(bank, spectrum, energies);
      signal::log_with_floor(energies, p.bands, p.floor);
      const float* result = energies;
      if (p.coefficients > 0) {
        signal::multiply_table(table, p.coefficients, p.bands, energies, spectrum);
        result = spectrum;
      }
      for (int32_t c = 0; c < values; ++c) y[c * p.axes + axis] = result[c];
    }
    y += values * p.axes;
  }
}

}  // namespace mote

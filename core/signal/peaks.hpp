// The largest local maxima of a spectrum.
#pragma once

#include <cstdint>

namespace mote::signal {

constexpr int32_t peaks_max = 16;

// x: float [bins]; y: float [2 * peaks], pairs (frequency, value) by falling value, of equal values
// the lower frequency first. The frequency, in units of bin_width, is that of the parabola through
// the maximum and its neighbours. Where there are fewer maxima: frequency 0 and the smallest value
// of x. bins: >= 3.
inline void find_peaks(const float* x, int32_t bins, float bin_width, int32_t peaks, float* y) {
  float low = x[0];
  for (int32_t k = 1; k < bins; ++k) {
    if (x[k] < low) low = x[k];
  }
  for (int32_t p = 0; p < peaks; ++p) {
    y[2 * p] = 0.0f;
    y[2 * p + 1] = low;
  }
  for (int32_t k = 1; k < bins - 1; ++k) {
    const float value = x[k];
    if (!(value > x[k - 1] && value >= x[k + 1]) || !(value > y[2 * peaks - 1])) continue;
    const float left = x[k - 1] - value, right = x[k + 1] - value;  // left < 0, right <= 0
    const float shift = 0.5f * (left - right) / (left + right);
    int32_t p = peaks - 1;
    for (; p > 0 && value > y[2 * p - 1]; --p) {
      y[2 * p] = y[2 * p - 2];
      y[2 * p + 1] = y[2 * p - 1];
    }
    y[2 * p] = (static_cast<float>(k) + shift) * bin_width;
    y[2 * p + 1] = value;
  }
}

}  // namespace mote::signal

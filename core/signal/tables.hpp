// Constants of the signal ops: made once, by the compiler, with this project's own elementary
// functions and basic double arithmetic, so that they come out the same on every host.
#pragma once

#include <cstdint>

#include "core/math.hpp"

namespace mote::signal {

enum class Window : int32_t { rectangular, hann, hamming };

// Periodic window times `gain`. window: float [length].
inline void fill_window(Window kind, int32_t length, double gain, float* window) {
  for (int32_t i = 0; i < length; ++i) {
    const double turn = 2.0 * i / length;
    const double cosine = math::cos_pi(static_cast<float>(turn));
    double value = 1.0;
    if (kind == Window::hann) value = 0.5 - 0.5 * cosine;
    if (kind == Window::hamming) value = 0.54 - 0.46 * cosine;
    window[i] = static_cast<float>(value * gain);
  }
}

// Gain with which a sine of amplitude 1 at a bin's centre has power 1 there: 2 / sum(window).
inline double unit_sine_gain(Window kind, int32_t length) {
  double sum = length;
  if (kind == Window::hann) sum *= 0.5;
  if (kind == Window::hamming) sum *= 0.54;
  return 2.0 / sum;
}

// sine: float [n / 4 + 1] of an FFT of n real values.
inline void fill_sine(int32_t n, float* sine) {
  for (int32_t j = 0; j <= n / 4; ++j) {
    sine[j] = math::sin_pi(static_cast<float>(2 * j) / static_cast<float>(n));
  }
}

// Row k, column i of the orthonormal DCT-II: y = table * x. table: float [rows, columns].
inline void fill_dct(int32_t rows, int32_t columns, float* table) {
  const float n = static_cast<float>(columns);
  for (int32_t k = 0; k < rows; ++k) {
    const float size = math::sqrt((k == 0 ? 1.0f : 2.0f) / n);
    for (int32_t i = 0; i < columns; ++i) {
      const int32_t phase = k * (2 * i + 1) % (4 * columns);  // in halves of pi / columns
      *table++ = size * math::cos_pi(static_cast<float>(phase) / (2.0f * n));
    }
  }
}

// HTK's mel scale: mel = 1127 ln(1 + f / 700).
inline double mel_of_hz(double hz) {
  return 1127.0 * static_cast<double>(math::log(static_cast<float>(1.0 + hz / 700.0)));
}
inline double hz_of_mel(double mel) {
  return 700.0 * (static_cast<double>(math::exp(static_cast<float>(mel / 1127.0))) - 1.0);
}

struct BandPlan {
  double bin_hz;   // rate / fft_length
  int32_t bins;    // fft_length / 2 + 1
  double low_hz;   // >= 0
  double high_hz;  // > low_hz
  int32_t bands;   // >= 1
};

// The bin nearest to a position, in bins, that is not negative.
constexpr int32_t nearest_bin(const BandPlan& plan, double position) {
  const auto nearest =
      static_cast<int32_t>(position + 0.5);  // no libm here. NOLINT(bugprone-incorrect-roundings)
  return nearest < plan.bins ? nearest : plan.bins - 1;
}

// Triangles of height 1 between neighbours on the mel scale (HTK). band b peaks at point b + 1 of
// bands + 2. Calls row(first, weights, count) per band, weights in a buffer of `bins` doubles that
// the caller lends. A triangle too narrow to hold a bin takes the bin nearest to its peak.
template <class Row>
void make_mel_bands(const BandPlan& plan, double* weights, Row&& row) {
  const double low = mel_of_hz(plan.low_hz), high = mel_of_hz(plan.high_hz);
  const auto point = [&](int32_t i) {
    return hz_of_mel(low + (high - low) * i / (plan.bands + 1)) / plan.bin_hz;
  };
  for (int32_t b = 0; b < plan.bands; ++b) {
    const double left = point(b), peak = point(b + 1), right = point(b + 2);
    int32_t first = 0, count = 0;
    for (int32_t k = 0; k < plan.bins; ++k) {
      const double rising = (k - left) / (peak - left), falling = (right - k) / (right - peak);
      const double weight = rising < falling ? rising : falling;
      if (weight <= 0.0) continue;
      if (count == 0) first = k;
      weights[count++] = weight;
    }
    if (count == 0) {
      first = nearest_bin(plan, peak);
      weights[count++] = 1.0;
    }
    row(first, weights, count);
  }
}

// Means over bands of equal width. As make_mel_bands.
template <class Row>
void make_linear_bands(const BandPlan& plan, double* weights, Row&& row) {
  const double low = plan.low_hz / plan.bin_hz;
  const double width = (plan.high_hz - plan.low_hz) / plan.bin_hz / plan.bands;
  for (int32_t b = 0; b < plan.bands; ++b) {
    const double left = low + width * b, right = low + width * (b + 1);
    int32_t first = 0, count = 0;
    for (int32_t k = 0; k < plan.bins; ++k) {
      const bool inside = k >= left && (k < right || (b == plan.bands - 1 && k <= right));
      if (!inside) continue;
      if (count == 0) first = k;
      ++count;
    }
    if (count == 0) {
      first = nearest_bin(plan, 0.5 * (left + right));
      count = 1;
    }
    for (int32_t k = 0; k < count; ++k) weights[k] = 1.0 / count;
    row(first, weights, count);
  }
}

// Section `index` of a Butterworth filter of even `order` (order / 2 sections), bilinear transform.
// cutoff: in cycles per sample, (0, 0.5). c: float [6] as biquad.hpp orders them.
// R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients".
inline void fill_butterworth(bool high_pass, double cutoff, int32_t order, int32_t index,
                             float* c) {
  const double half_sine = math::sin_pi(static_cast<float>(cutoff));  // sin(w / 2)
  const double cosine = 1.0 - 2.0 * half_sine * half_sine;            // cos(w)
  const double sine = math::sin_pi(static_cast<float>(2.0 * cutoff));
  const double damping =
      2.0 * static_cast<double>(math::cos_pi(static_cast<float>(2 * index + 1) /
                                             static_cast<float>(2 * order)));  // 1 / Q
  const double alpha = 0.5 * sine * damping;
  const double a0 = 1.0 + alpha;
  const double edge = high_pass ? 0.5 * (1.0 + cosine) : half_sine * half_sine;
  const double b0 = edge / a0;
  c[0] = static_cast<float>(b0);
  c[1] = static_cast<float>(high_pass ? -2.0 * b0 : 2.0 * b0);
  c[2] = static_cast<float>(b0);
  c[3] = static_cast<float>(-2.0 * cosine / a0);
  c[4] = static_cast<float>((1.0 - alpha) / a0);
  c[5] = high_pass ? 0.0f : 1.0f;
}

}  // namespace mote::signal

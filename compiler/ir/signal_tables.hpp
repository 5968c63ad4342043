// Constant tables of the signal ops, from node attributes.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "compiler/ir/signal_shape.hpp"
#include "core/signal/fft.hpp"
#include "core/signal/fixed_transform.hpp"
#include "core/signal/tables.hpp"

namespace mote::ir {

// Attribute "window": "hann" (the default), "hamming" or "rectangular".
inline signal::Window window_kind(const Node& node) {
  const std::string name = node.text("window", "hann");
  if (name == "hann") return signal::Window::hann;
  if (name == "hamming") return signal::Window::hamming;
  require(name == "rectangular", node,
          "window '" + name + "' is not known; allowed: hann, hamming, rectangular");
  return signal::Window::rectangular;
}

inline std::vector<float> window_table(const Node& node, int32_t length, double gain) {
  std::vector<float> table(static_cast<size_t>(length));
  signal::fill_window(window_kind(node), length, gain, table.data());
  return table;
}

inline std::vector<float> sine_table(int32_t n) {
  std::vector<float> table(static_cast<size_t>(signal::sine_entries(n)));
  signal::fill_sine(n, table.data());
  return table;
}

// Types of spectra: fixed point of 16 and 32 bits, float.
inline bool is_spectral_type(DType type) {
  return type == DType::i16 || type == DType::i32 || type == DType::f32;
}

// Pairs (cos, sin) of count phases in Q0.15 or Q0.31, rounded as KISS FFT rounds them.
template <class T, class Phase>
std::vector<T> fixed_turns(int32_t count, Phase&& phase) {
  constexpr double one = FixedFormat<T>::one;
  std::vector<T> values;
  for (int32_t k = 0; k < count; ++k) {
    values.push_back(static_cast<T>(std::floor(0.5 + one * std::cos(phase(k)))));
    values.push_back(static_cast<T>(std::floor(0.5 + one * std::sin(phase(k)))));
  }
  return values;
}

// What a real transform of `length` values in fixed point turns by. sign: -1, or 1 of its inverse.
constexpr double kiss_fft_pi = 3.141592653589793238462643383279502884197169399375105820974944;
template <class T>
std::vector<T> fixed_twiddles(int32_t length, int sign) {
  const int32_t half = length / 2;
  return fixed_turns<T>(half, [&](int32_t k) { return sign * 2 * kiss_fft_pi * k / half; });
}
template <class T>
std::vector<T> fixed_super_twiddles(int32_t length, int sign) {
  const int32_t half = length / 2;
  return fixed_turns<T>(half / 2,
                        [&](int32_t k) { return sign * kiss_fft_pi * ((k + 1.0) / half + 0.5); });
}

inline std::vector<float> dct_table(int32_t rows, int32_t columns) {
  std::vector<float> table(static_cast<size_t>(rows) * static_cast<size_t>(columns));
  signal::fill_dct(rows, columns, table.data());
  return table;
}

// A filterbank's operands.
struct BandTables {
  int32_t bands = 0;
  std::vector<int32_t> ranges;  // [bands, 2]: first bin, count
  std::vector<float> weights;
};

// Attributes: rate_hz, bands, spacing ("mel" or "linear"; default mel), low_hz (default 0), high_hz
// (default rate / 2). bins: of the spectrum from 0 to rate / 2, >= 2.
inline BandTables band_tables(const Node& node, int32_t bins) {
  const double rate = real_in(node, "rate_hz", 1e-3, 1e9);
  const double high = real_in(node, "high_hz", 1e-6 * rate, 0.5 * rate, 0.5 * rate);
  const double low = real_in(node, "low_hz", 0.0, 0.9999 * high, 0.0);
  const std::string spacing = node.text("spacing", "mel");
  require(spacing == "mel" || spacing == "linear", node,
          "spacing '" + spacing + "' is not known; allowed: mel, linear");
  BandTables tables;
  tables.bands = integer_in(node, "bands", 1, 256);
  const signal::BandPlan plan{rate / (2.0 * (bins - 1)), bins, low, high, tables.bands};
  std::vector<double> lent(static_cast<size_t>(bins));
  const auto row = [&](int32_t first, const double* weights, int32_t count) {
    tables.ranges.insert(tables.ranges.end(), {first, count});
    for (int32_t i = 0; i < count; ++i) tables.weights.push_back(static_cast<float>(weights[i]));
  };
  if (spacing == "mel") {
    signal::make_mel_bands(plan, lent.data(), row);
  } else {
    signal::make_linear_bands(plan, lent.data(), row);
  }
  return tables;
}

}  // namespace mote::ir

// Constant tables of the signal ops, from node attributes.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/signal_shape.hpp"
#include "core/signal/fft.hpp"
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

#include "compiler/quantize/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace mote::quantize {
namespace {

constexpr size_t bins = 2048;
constexpr int32_t search_steps = 128;

}  // namespace

Histogram::Histogram(const ValueRange& range)
    : low_(static_cast<double>(range.min)),
      high_(static_cast<double>(range.max)),
      width_((high_ - low_) / bins),
      counts_(bins, 0) {}

void Histogram::add(std::span<const float> values) {
  const double per_bin = 1 / width_;
  for (float value : values) {
    const double bin = (static_cast<double>(value) - low_) * per_bin;
    ++counts_[static_cast<size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)))];
  }
}

ValueRange Histogram::percentile(double percentage) const {
  uint64_t total = 0;
  for (uint64_t count : counts_) total += count;
  const double outside = static_cast<double>(total) * (100 - percentage) / 100;
  size_t first = 0, last = bins;  // bins kept: [first, last)
  double below = 0, above = 0;
  while (first + 1 < last && below + static_cast<double>(counts_[first]) <= outside) {
    below += static_cast<double>(counts_[first++]);
  }
  while (last > first + 1 && above + static_cast<double>(counts_[last - 1]) <= outside) {
    above += static_cast<double>(counts_[--last]);
  }
  // The ends themselves are exact where nothing was cut.
  return {static_cast<float>(first == 0 ? low_ : low_ + static_cast<double>(first) * width_),
          static_cast<float>(last == bins ? high_ : low_ + static_cast<double>(last) * width_),
          true};
}

double Histogram::squared_error(double low, double high) const {
  const AffineInt8 grid = affine_for({static_cast<float>(low), static_cast<float>(high), true});
  const auto scale = static_cast<double>(grid.scale);
  const double zero = grid.zero_point;
  double sum = 0;
  for (size_t bin = 0; bin < bins; ++bin) {
    if (counts_[bin] == 0) continue;
    const double value = center(bin);
    const double stored = std::clamp(std::floor(value / scale + 0.5) + zero, -128.0, 127.0);
    const double error = value - scale * (stored - zero);
    sum += static_cast<double>(counts_[bin]) * error * error;
  }
  return sum;
}

ValueRange Histogram::least_squares() const {
  double low = std::min(low_, 0.0), high = std::max(high_, 0.0);
  double best = squared_error(low, high);
  // One end after the other, twice: the best place of each depends on the other.
  for (int32_t round = 0; round < 2; ++round) {
    for (const bool upper : {true, false}) {
      const double end = upper ? std::max(high_, 0.0) : std::min(low_, 0.0);
      if (end == 0) continue;
      for (int32_t step = 1; step <= search_steps; ++step) {
        const double candidate = end * step / search_steps;
        const double error = upper ? squared_error(low, candidate) : squared_error(candidate, high);
        if (error >= best) continue;
        best = error;
        (upper ? high : low) = candidate;
      }
    }
  }
  return {static_cast<float>(low), static_cast<float>(high), true};
}

}  // namespace mote::quantize

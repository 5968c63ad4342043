// Counts of an activation's values, and the ranges that int8 should cover of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/quantize/grid.hpp"

namespace mote::quantize {

class Histogram {
 public:
  // Bins of one width from range.min to range.max, which must differ and be finite.
  explicit Histogram(const ValueRange& range);

  void add(std::span<const float> values);

  // Cuts off (100 - percentage) % of the values at each end, by whole bins. percentage: (50, 100].
  ValueRange percentile(double percentage) const;

  // The range whose int8 grid has the least mean squared error, clipping and rounding together,
  // searched in 128 steps for each end.
  ValueRange least_squares() const;

 private:
  double center(size_t bin) const { return low_ + (static_cast<double>(bin) + 0.5) * width_; }
  double squared_error(double low, double high) const;

  double low_, high_, width_;
  std::vector<uint64_t> counts_;
};

}  // namespace mote::quantize

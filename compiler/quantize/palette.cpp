#include "compiler/quantize/palette.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace mote::quantize {
namespace {

constexpr int32_t lowest = -128;
constexpr size_t values_max = 256;

// The different weights, ascending, and what is needed to know what a run of them costs.
class Values {
 public:
  explicit Values(const std::vector<int8_t>& weights) {
    std::array<int64_t, values_max> times{};
    for (const int8_t w : weights) ++times[static_cast<size_t>(w - lowest)];
    for (size_t i = 0; i < values_max; ++i) {
      if (times[i] == 0) continue;
      const auto value = static_cast<int32_t>(i) + lowest;
      if (value == 0) zero_ = values_.size();
      values_.push_back(value);
      count_.push_back(count_.back() + times[i]);
      sum_.push_back(sum_.back() + times[i] * value);
      squares_.push_back(squares_.back() + times[i] * value * value);
    }
  }

  size_t size() const { return values_.size(); }
  int32_t value(size_t at) const { return values_[at]; }

  // What stands for the values first to end - 1.
  int32_t centre(size_t first, size_t end) const {
    if (first <= zero_ && zero_ < end) return 0;
    const auto count = static_cast<double>(count_[end] - count_[first]);
    return static_cast<int32_t>(std::lround(static_cast<double>(sum_[end] - sum_[first]) / count));
  }
  // Sum of squared changes, exact.
  int64_t cost(size_t first, size_t end) const {
    const int64_t c = centre(first, end);
    return squares_[end] - squares_[first] - 2 * c * (sum_[end] - sum_[first]) +
           c * c * (count_[end] - count_[first]);
  }

 private:
  std::vector<int32_t> values_;
  std::vector<int64_t> count_{0}, sum_{0}, squares_{0};  // of all values before
  size_t zero_ = values_max;                             // where 0 is; values_max: it isn't there
};

// Where each run of values begins, for the cheapest split into at most `runs`.
std::vector<size_t> cheapest_split(const Values& values, size_t runs) {
  const size_t size = values.size();
  constexpr int64_t never = std::numeric_limits<int64_t>::max();
  // best[end]: the first `end` values in `run` runs; from[run][end]: where the last one begins.
  std::vector<int64_t> best(size + 1, never);
  best[0] = 0;
  std::vector<std::vector<size_t>> from;
  for (size_t run = 0; run < runs; ++run) {
    std::vector<int64_t> next(size + 1, never);
    std::vector<size_t> begins(size + 1, 0);
    for (size_t end = run + 1; end <= size; ++end) {
      for (size_t first = run; first < end; ++first) {
        if (best[first] == never) continue;
        const int64_t sum = best[first] + values.cost(first, end);
        if (sum >= next[end]) continue;
        next[end] = sum;
        begins[end] = first;
      }
    }
    best = std::move(next);
    from.push_back(std::move(begins));
  }
  std::vector<size_t> split;
  for (size_t end = size, run = runs; run > 0; --run) {
    end = from[run - 1][end];
    split.insert(split.begin(), end);
  }
  return split;
}

}  // namespace

void limit_to_palette(std::vector<int8_t>& weights, int32_t bits) {
  const Values values(weights);
  const size_t runs = size_t{1} << bits;
  if (values.size() <= runs) return;
  std::vector<size_t> split = cheapest_split(values, runs);
  split.push_back(values.size());
  std::array<int8_t, values_max> stands_for{};
  for (size_t run = 0; run < runs; ++run) {
    const auto centre = static_cast<int8_t>(values.centre(split[run], split[run + 1]));
    for (size_t i = split[run]; i < split[run + 1]; ++i) {
      stands_for[static_cast<size_t>(values.value(i) - lowest)] = centre;
    }
  }
  for (int8_t& w : weights) w = stands_for[static_cast<size_t>(w - lowest)];
}

}  // namespace mote::quantize

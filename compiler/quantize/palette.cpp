#include "compiler/quantize/palette.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "compiler/quantize/feedback.hpp"
#include "compiler/quantize/grid.hpp"

namespace mote::quantize {
namespace {

constexpr int32_t lowest = -128;
constexpr size_t values_max = 256;

// A stored weight, what it stands for in the same units, and how much a change of it counts.
struct Weighed {
  int32_t stored;
  double value;
  double importance;
};

// The different stored weights, ascending, and what is needed to know what a run of them costs.
class Values {
 public:
  explicit Values(const std::vector<Weighed>& weights) {
    struct Sums {
      double count = 0, sum = 0, squares = 0;
      bool there = false;
    };
    std::array<Sums, values_max> sums{};
    for (const Weighed& w : weights) {
      Sums& own = sums[static_cast<size_t>(w.stored - lowest)];
      own.count += w.importance;
      own.sum += w.importance * w.value;
      own.squares += w.importance * w.value * w.value;
      own.there = true;
    }
    for (size_t i = 0; i < values_max; ++i) {
      if (!sums[i].there) continue;
      const auto value = static_cast<int32_t>(i) + lowest;
      if (value == 0) zero_ = values_.size();
      values_.push_back(value);
      count_.push_back(count_.back() + sums[i].count);
      sum_.push_back(sum_.back() + sums[i].sum);
      squares_.push_back(squares_.back() + sums[i].squares);
    }
  }

  size_t size() const { return values_.size(); }
  int32_t value(size_t at) const { return values_[at]; }

  // What stands for the values first to end - 1.
  int32_t centre(size_t first, size_t end) const {
    if (first <= zero_ && zero_ < end) return 0;
    const double mean = (sum_[end] - sum_[first]) / (count_[end] - count_[first]);
    return std::clamp(static_cast<int32_t>(std::lround(mean)), values_[first], values_[end - 1]);
  }
  // Weighed sum of squared changes.
  double cost(size_t first, size_t end) const {
    const double c = centre(first, end);
    return squares_[end] - squares_[first] - 2 * c * (sum_[end] - sum_[first]) +
           c * c * (count_[end] - count_[first]);
  }

 private:
  std::vector<int32_t> values_;
  std::vector<double> count_{0}, sum_{0}, squares_{0};  // of all values before
  size_t zero_ = values_max;                            // where 0 is; values_max: it isn't there
};

// Where each run of values begins, for the cheapest split into at most `runs`.
std::vector<size_t> cheapest_split(const Values& values, size_t runs) {
  const size_t size = values.size();
  constexpr double never = std::numeric_limits<double>::infinity();
  // best[end]: the first `end` values in `run` runs; from[run][end]: where the last one begins.
  std::vector<double> best(size + 1, never);
  best[0] = 0;
  std::vector<std::vector<size_t>> from;
  for (size_t run = 0; run < runs; ++run) {
    std::vector<double> next(size + 1, never);
    std::vector<size_t> begins(size + 1, 0);
    for (size_t end = run + 1; end <= size; ++end) {
      for (size_t first = run; first < end; ++first) {
        if (best[first] == never) continue;
        const double sum = best[first] + values.cost(first, end);
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

// The values of a palette, ascending, and what each stored weight becomes.
struct Palette {
  std::vector<int32_t> values;
  std::array<int8_t, values_max> stands_for{};

  int32_t nearest(double value) const {
    const auto above = std::ranges::lower_bound(values, value);
    if (above == values.begin()) return *above;
    if (above == values.end() || value - *(above - 1) <= *above - value) return *(above - 1);
    return *above;
  }
};

Palette choose_palette(const std::vector<Weighed>& weights, int32_t bits) {
  const Values values(weights);
  const size_t runs = std::min(size_t{1} << bits, values.size());
  std::vector<size_t> split = cheapest_split(values, runs);
  split.push_back(values.size());
  Palette palette;
  for (size_t run = 0; run < runs; ++run) {
    const int32_t centre = values.centre(split[run], split[run + 1]);
    palette.values.push_back(centre);
    for (size_t i = split[run]; i < split[run + 1]; ++i) {
      palette.stands_for[static_cast<size_t>(values.value(i) - lowest)] =
          static_cast<int8_t>(centre);
    }
  }
  return palette;
}

// A channel's weights in the order of its taps: indices of RealWeights::values.
std::vector<std::vector<size_t>> channels_of(const RealWeights& weights) {
  std::vector<std::vector<size_t>> channels(weights.scales.size());
  for_each_run(weights.shape, weights.axis, [&](size_t offset, size_t channel, size_t count) {
    for (size_t i = offset; i < offset + count; ++i) channels[channel].push_back(i);
  });
  return channels;
}

// How much changes of the stored weights count.
std::vector<Weighed> weigh(const RealWeights& weights, const std::vector<int8_t>& stored,
                           const std::vector<std::vector<size_t>>& channels,
                           const SecondMoments& moments) {
  std::vector<Weighed> weighed(stored.size());
  double largest = 0;
  for (size_t c = 0; c < channels.size(); ++c) {
    const double scale = static_cast<double>(weights.scales[c]);
    for (size_t t = 0; t < moments.taps; ++t) {
      const size_t i = channels[c][t];
      const double importance = scale * scale * moments.channel(c)[t * (moments.taps + 1)];
      weighed[i] = {stored[i], static_cast<double>(weights.values[i]) / scale, importance};
      largest = std::max(largest, importance);
    }
  }
  // What met no input counts a little, so that every run of values has a mean.
  constexpr double least = 1e-6;
  for (Weighed& w : weighed) w.importance = largest > 0 ? w.importance + least * largest : 1;
  return weighed;
}

// All that int4, say, can store.
Palette every_value(int32_t limit) {
  Palette palette;
  for (int32_t value = -limit; value <= limit; ++value) {
    palette.values.push_back(value);
    palette.stands_for[static_cast<size_t>(value - lowest)] = static_cast<int8_t>(value);
  }
  return palette;
}

void round_with_feedback(const RealWeights& weights, std::span<const size_t> channel, double scale,
                         const Palette& palette, const ErrorFeedback& feedback,
                         std::vector<int8_t>& stored) {
  std::vector<double> real, nearest_error, error;
  for (const size_t i : channel) {
    real.push_back(static_cast<double>(weights.values[i]) / scale);
    nearest_error.push_back(real.back() - stored[i]);
  }
  std::vector<double> rounded = real;
  feedback.round(rounded, [&](size_t t, double value) {
    return real[t] == 0 ? 0.0 : static_cast<double>(palette.nearest(value));
  });
  for (size_t t = 0; t < real.size(); ++t) error.push_back(real[t] - rounded[t]);
  if (feedback.cost(error) >= feedback.cost(nearest_error)) return;
  for (size_t t = 0; t < real.size(); ++t) stored[channel[t]] = static_cast<int8_t>(rounded[t]);
}

}  // namespace

void limit_to_palette(std::vector<int8_t>& weights, int32_t bits) {
  std::vector<Weighed> weighed;
  for (const int8_t w : weights) weighed.push_back({w, static_cast<double>(w), 1});
  const Palette palette = choose_palette(weighed, bits);
  for (int8_t& w : weights) w = palette.stands_for[static_cast<size_t>(w - lowest)];
}

std::vector<int8_t> fit_to_palette(const RealWeights& weights, int32_t bits,
                                   const SecondMoments& moments) {
  auto stored = quantize_weights(weights.shape, weights.values.data(), weights.axis, weights.scales,
                                 weights.limit);
  const auto channels = channels_of(weights);
  const bool known = moments.taps > 0 && moments.taps == channels.at(0).size();
  const bool few = std::set<int8_t>(stored.begin(), stored.end()).size() <= size_t{1} << bits;
  const bool all = 2 * weights.limit + 1 <= 1 << bits;  // values that there are
  if (!known || (few && !all)) {
    limit_to_palette(stored, bits);
    return stored;
  }
  const Palette palette = all ? every_value(weights.limit)
                              : choose_palette(weigh(weights, stored, channels, moments), bits);
  for (int8_t& w : stored) w = palette.stands_for[static_cast<size_t>(w - lowest)];
  std::optional<ErrorFeedback> feedback;
  for (size_t c = 0; c < channels.size(); ++c) {
    if (!feedback || moments.of_channel.size() > 1) {
      feedback.emplace(moments.channel(c), moments.taps);
    }
    round_with_feedback(weights, channels[c], static_cast<double>(weights.scales[c]), palette,
                        *feedback, stored);
  }
  return stored;
}

}  // namespace mote::quantize

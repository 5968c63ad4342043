#include "learn/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace mote::learn {
namespace {

constexpr double z95 = 1.959963984540054;  // of the normal distribution, two-sided 95 %

// Centre and half width of Wilson's interval.
std::pair<double, double> wilson(double hits, double trials) {
  const double z2 = z95 * z95;
  const double centre = (hits + z2 / 2) / (trials + z2);
  const double half = z95 / (trials + z2) * std::sqrt(hits * (trials - hits) / trials + z2 / 4);
  return {centre, half};
}

}  // namespace

double Proportion::value() const {
  return trials == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(trials);
}

double Proportion::low() const {
  if (trials == 0) return 0;
  const auto [centre, half] = wilson(static_cast<double>(hits), static_cast<double>(trials));
  return std::max(0.0, centre - half);
}

double Proportion::high() const {
  if (trials == 0) return 1;
  const auto [centre, half] = wilson(static_cast<double>(hits), static_cast<double>(trials));
  return std::min(1.0, centre + half);
}

Confusion::Confusion(int64_t classes, std::span<const int32_t> labels,
                     std::span<const int32_t> guesses)
    : classes_(classes), counts_(static_cast<size_t>(classes * classes), 0) {
  if (labels.size() != guesses.size()) {
    throw std::invalid_argument("confusion: " + std::to_string(labels.size()) + " labels and " +
                                std::to_string(guesses.size()) + " decisions");
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    ++counts_.at(static_cast<size_t>(labels[i] * classes + guesses[i]));
  }
}

Proportion Confusion::accuracy() const {
  Proportion result;
  for (int64_t c = 0; c < classes_; ++c) result.hits += at(c, c);
  result.trials = std::accumulate(counts_.begin(), counts_.end(), int64_t{0});
  return result;
}

Proportion Confusion::recall(int64_t label) const {
  Proportion result{at(label, label), 0};
  for (int64_t c = 0; c < classes_; ++c) result.trials += at(label, c);
  return result;
}

Proportion Confusion::precision(int64_t label) const {
  Proportion result{at(label, label), 0};
  for (int64_t c = 0; c < classes_; ++c) result.trials += at(c, label);
  return result;
}

double Confusion::balanced_accuracy() const {
  double sum = 0;
  int64_t present = 0;
  for (int64_t c = 0; c < classes_; ++c) {
    const Proportion r = recall(c);
    sum += r.value();
    present += r.trials > 0 ? 1 : 0;
  }
  return present == 0 ? 0 : sum / static_cast<double>(present);
}

double area_under_curve(std::span<const float> scores, std::span<const int32_t> is_positive) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  double rank_sum = 0, positives = 0;
  for (size_t i = 0; i < order.size();) {
    size_t end = i;
    while (end < order.size() && scores[order[end]] == scores[order[i]]) ++end;
    const double rank = 0.5 * static_cast<double>(i + end - 1) + 1;
    for (; i < end; ++i) {
      if (is_positive[order[i]] == 0) continue;
      rank_sum += rank;
      positives += 1;
    }
  }
  const double negatives = static_cast<double>(scores.size()) - positives;
  if (positives == 0 || negatives == 0) return 0.5;
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

float quantile(std::vector<float> scores, double part) {
  if (scores.empty()) throw std::invalid_argument("quantile of no scores");
  std::ranges::sort(scores);
  const double position = std::ceil(part * static_cast<double>(scores.size())) - 1;
  const double last = static_cast<double>(scores.size()) - 1;
  return scores[static_cast<size_t>(std::clamp(position, 0.0, last))];
}

}  // namespace mote::learn

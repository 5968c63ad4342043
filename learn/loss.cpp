#include "learn/loss.hpp"

#include <algorithm>
#include <cmath>

namespace mote::learn {

Targets targets_of(std::span<const int32_t> labels, int64_t classes, std::span<const float> weights,
                   float smoothing) {
  const auto count = static_cast<size_t>(classes);
  Targets targets;
  targets.of.assign(labels.size() * count, smoothing / static_cast<float>(classes));
  for (size_t n = 0; n < labels.size(); ++n) {
    const auto label = static_cast<size_t>(labels[n]);
    targets.of[n * count + label] += 1.0f - smoothing;
    targets.weight.push_back(weights.empty() ? 1.0f : weights[label]);
  }
  return targets;
}

void follow_teacher(std::span<const float> logits, int64_t classes, Targets& targets) {
  const auto count = static_cast<size_t>(classes);
  for (size_t n = 0; n < targets.weight.size(); ++n) {
    const auto row = logits.subspan(n * count, count);
    const auto target = std::span(targets.of).subspan(n * count, count);
    const double largest = *std::ranges::max_element(row);
    double sum = 0;
    for (float value : row) sum += std::exp(value - largest);
    for (size_t c = 0; c < count; ++c) {
      target[c] = static_cast<float>(std::exp(row[c] - largest) / sum);
    }
  }
}

double cross_entropy(std::span<const float> logits, const Targets& targets,
                     std::span<float> gradient) {
  const size_t rows = targets.weight.size();
  const size_t count = rows == 0 ? 0 : targets.of.size() / rows;
  double total_weight = 0, loss = 0;
  for (float weight : targets.weight) total_weight += static_cast<double>(weight);
  for (size_t n = 0; n < rows; ++n) {
    const auto row = logits.subspan(n * count, count);
    const double largest = *std::ranges::max_element(row);
    double sum = 0;
    for (float value : row) sum += std::exp(value - largest);
    const double weight = static_cast<double>(targets.weight[n]) / total_weight;
    for (size_t c = 0; c < count; ++c) {
      const auto target = static_cast<double>(targets.of[n * count + c]);
      const double log_probability = row[c] - largest - std::log(sum);
      loss -= weight * target * log_probability;
      if (!gradient.empty()) {
        gradient[n * count + c] = static_cast<float>(weight * (std::exp(log_probability) - target));
      }
    }
  }
  return loss;
}

double mean_squared_error(std::span<const float> y, std::span<const float> target,
                          std::span<float> gradient) {
  double sum = 0;
  const double scale = 1.0 / static_cast<double>(y.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const double difference = static_cast<double>(y[i]) - static_cast<double>(target[i]);
    sum += difference * difference;
    if (!gradient.empty()) gradient[i] = static_cast<float>(2.0 * difference * scale);
  }
  return sum * scale;
}

double mean_output(std::span<const float> y, std::span<float> gradient) {
  double sum = 0;
  for (float value : y) sum += value;
  std::ranges::fill(gradient, 1.0f / static_cast<float>(y.size()));
  return sum / static_cast<double>(y.size());
}

}  // namespace mote::learn

#include "learn/loss.hpp"

#include <algorithm>
#include <cmath>

namespace mote::learn {

double CrossEntropy::operator()(std::span<const float> logits, std::span<const int32_t> labels,
                                std::span<float> gradient) const {
  const auto count = static_cast<size_t>(classes);
  double total_weight = 0, loss = 0;
  const auto weight_of = [&](int32_t label) {
    return weights.empty() ? 1.0 : static_cast<double>(weights[static_cast<size_t>(label)]);
  };
  for (int32_t label : labels) total_weight += weight_of(label);
  const double spread = smoothing / static_cast<double>(classes);
  for (size_t n = 0; n < labels.size(); ++n) {
    const auto row = logits.subspan(n * count, count);
    const double largest = *std::ranges::max_element(row);
    double sum = 0;
    for (float value : row) sum += std::exp(value - largest);
    const double weight = weight_of(labels[n]) / total_weight;
    for (size_t c = 0; c < count; ++c) {
      const bool is_label = c == static_cast<size_t>(labels[n]);
      const double target = spread + (is_label ? 1.0 - static_cast<double>(smoothing) : 0.0);
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

// What training makes small, and its gradient. All means are over the batch.
#pragma once

#include <cstdint>
#include <span>

namespace mote::learn {

// Softmax and cross-entropy in one, on logits: [batch, classes].
//   loss = sum_n w_n * -sum_c t_nc * log softmax(logits_n)_c / sum_n w_n
// t is 1 at the label, or 1 - smoothing there and smoothing spread evenly over all classes.
// labels: [batch], in [0, classes). weights: [classes], of a sample by its label; empty: all 1.
// gradient: [batch, classes], d loss / d logits; empty: not wanted.
struct CrossEntropy {
  int64_t classes = 0;
  std::span<const float> weights;
  float smoothing = 0;

  double operator()(std::span<const float> logits, std::span<const int32_t> labels,
                    std::span<float> gradient) const;
};

// loss = mean over batch and elements of (y - target)^2. gradient: like y, or empty.
double mean_squared_error(std::span<const float> y, std::span<const float> target,
                          std::span<float> gradient);

// loss = mean of y: for graphs whose output is itself to be made small. gradient: like y, or empty.
double mean_output(std::span<const float> y, std::span<float> gradient);

}  // namespace mote::learn

// What training makes small, and its gradient. All means are over the batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mote::learn {

// What a batch should be taken for: rows of probabilities, and what each row counts.
struct Targets {
  std::vector<float> of;      // [batch, classes]; each row sums to 1
  std::vector<float> weight;  // [batch]
};

// 1 at the label, or 1 - smoothing there and smoothing spread evenly over all classes.
// labels: [batch], in [0, classes). weights: [classes], of a sample by its label; empty: all 1.
Targets targets_of(std::span<const int32_t> labels, int64_t classes, std::span<const float> weights,
                   float smoothing);

// Each row becomes softmax of the same row of `logits`: what a teacher says (Hinton et al. 2015,
// arXiv:1503.02531). Weights stay.
void follow_teacher(std::span<const float> logits, int64_t classes, Targets& targets);

// Softmax and cross-entropy in one, on logits: [batch, classes].
//   loss = sum_n w_n * -sum_c t_nc * log softmax(logits_n)_c / sum_n w_n
// gradient: [batch, classes], d loss / d logits; empty: not wanted.
double cross_entropy(std::span<const float> logits, const Targets& targets,
                     std::span<float> gradient);

// loss = mean over batch and elements of (y - target)^2. gradient: like y, or empty.
double mean_squared_error(std::span<const float> y, std::span<const float> target,
                          std::span<float> gradient);

// loss = mean of y: for graphs whose output is itself to be made small. gradient: like y, or empty.
double mean_output(std::span<const float> y, std::span<float> gradient);

}  // namespace mote::learn

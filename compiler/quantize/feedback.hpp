// Rounding of a channel's weights, one after the other, in which those that come later make up for
// the errors of those before: OPTQ (Frantar et al. 2022, arXiv:2210.17323), with the exact second
// moments of the channel's inputs.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace mote::quantize {

class ErrorFeedback {
 public:
  // moments: [taps, taps], symmetric, positive semidefinite. Weights go in the order of their
  // inputs' mean squares, largest first.
  ErrorFeedback(std::span<const double> moments, size_t taps);

  // Replaces each weight by round(t, weight), t its index; the weight has taken over what the ones
  // before it lost.
  void round(std::span<double> weights,
             const std::function<double(size_t, double)>& round_one) const;
  // Mean square of what these errors of the weights make of the sum, in the moments' measure.
  double cost(std::span<const double> errors) const;

 private:
  size_t taps_;
  std::span<const double> moments_;
  std::vector<size_t> order_;
  std::vector<double> share_;  // [taps, taps] in this order: what j takes over of i's error
};

}  // namespace mote::quantize

// What a classifier gets right, with how sure that is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mote::learn {

// A proportion and its 95 % confidence interval (Wilson 1927): it holds also near 0 and 1 and for
// few trials, where the normal approximation does not. No trials: 0 in [0, 1].
struct Proportion {
  int64_t hits = 0;
  int64_t trials = 0;
  double value() const;
  double low() const;
  double high() const;
};

// Confusion of one evaluation: rows are the truth, columns the decision.
class Confusion {
 public:
  // labels, guesses: same size, in [0, classes).
  Confusion(int64_t classes, std::span<const int32_t> labels, std::span<const int32_t> guesses);

  int64_t classes() const { return classes_; }
  int64_t at(int64_t label, int64_t guess) const {
    return counts_[static_cast<size_t>(label * classes_ + guess)];
  }
  Proportion accuracy() const;
  Proportion recall(int64_t label) const;     // of the samples of a class, those found
  Proportion precision(int64_t label) const;  // of the decisions for a class, those right
  double balanced_accuracy() const;           // mean recall over the classes that occur

 private:
  int64_t classes_;
  std::vector<int64_t> counts_;
};

// Probability that a positive scores higher than a negative (area under the ROC curve; Mann and
// Whitney 1947); ties count half. 0.5 when one kind is missing.
double area_under_curve(std::span<const float> scores, std::span<const int32_t> is_positive);

// The smallest score that at least `part` of the scores do not exceed. part: (0, 1].
float quantile(std::vector<float> scores, double part);

}  // namespace mote::learn

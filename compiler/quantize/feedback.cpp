#include "compiler/quantize/feedback.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mote::quantize {
namespace {

constexpr double damping = 0.01;  // of the mean diagonal: inputs that always go together

// Upper triangular r with r r^T = h, in place of h: Cholesky from the last row on.
void factor(std::vector<double>& h, size_t n) {
  for (size_t j = n; j-- > 0;) {
    double* const own = h.data() + j * n;
    double diagonal = own[j];
    for (size_t k = j + 1; k < n; ++k) diagonal -= own[k] * own[k];
    own[j] = std::sqrt(std::max(diagonal, 1e-30));
    for (size_t i = 0; i < j; ++i) {
      double* const row = h.data() + i * n;
      double sum = row[j];
      for (size_t k = j + 1; k < n; ++k) sum -= row[k] * own[k];
      row[j] = sum / own[j];
      own[i] = 0;
    }
  }
}

// The inverse of an upper triangular matrix, each row divided by its diagonal.
std::vector<double> shares(const std::vector<double>& r, size_t n) {
  std::vector<double> inverse(n * n, 0.0);
  for (size_t i = n; i-- > 0;) {
    inverse[i * n + i] = 1 / r[i * n + i];
    for (size_t k = i + 1; k < n; ++k) {
      const double factor = r[i * n + k] / r[i * n + i];
      if (factor == 0) continue;
      for (size_t j = k; j < n; ++j) inverse[i * n + j] -= factor * inverse[k * n + j];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    const double diagonal = inverse[i * n + i];
    for (size_t j = i; j < n; ++j) inverse[i * n + j] /= diagonal;
  }
  return inverse;
}

}  // namespace

ErrorFeedback::ErrorFeedback(std::span<const double> moments, size_t taps)
    : taps_(taps), moments_(moments), order_(taps) {
  std::iota(order_.begin(), order_.end(), size_t{0});
  const auto square = [&](size_t t) { return moments[t * taps + t]; };
  std::ranges::stable_sort(order_, std::greater<>(), square);
  double mean = 0;
  for (size_t t = 0; t < taps; ++t) mean += square(t) / static_cast<double>(taps);
  std::vector<double> h(taps * taps);
  for (size_t i = 0; i < taps; ++i) {
    for (size_t j = 0; j < taps; ++j) h[i * taps + j] = moments[order_[i] * taps + order_[j]];
    h[i * taps + i] += mean > 0 ? damping * mean : 1;
  }
  factor(h, taps);
  share_ = shares(h, taps);
}

void ErrorFeedback::round(std::span<double> weights,
                          const std::function<double(size_t, double)>& round_one) const {
  for (size_t i = 0; i < taps_; ++i) {
    double& own = weights[order_[i]];
    const double rounded = round_one(order_[i], own);
    const double lost = own - rounded;
    own = rounded;
    if (lost == 0) continue;
    for (size_t j = i + 1; j < taps_; ++j) weights[order_[j]] -= lost * share_[i * taps_ + j];
  }
}

double ErrorFeedback::cost(std::span<const double> errors) const {
  double sum = 0;
  for (size_t s = 0; s < taps_; ++s) {
    if (errors[s] == 0) continue;
    double row = 0;
    for (size_t t = 0; t < taps_; ++t) row += moments_[s * taps_ + t] * errors[t];
    sum += errors[s] * row;
  }
  return sum;
}

}  // namespace mote::quantize

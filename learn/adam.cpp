#include "learn/adam.hpp"

#include <cmath>

#include "learn/vectorised.hpp"

namespace mote::learn {
namespace {

struct Update {
  float beta1, beta2, epsilon, rate, decay;
};

// sqrtf becomes one instruction only where errno may be ignored.
#if defined(__GNUC__) && !defined(__clang__)
#define MOTE_NO_MATH_ERRNO __attribute__((optimize("no-math-errno")))
#else
#define MOTE_NO_MATH_ERRNO
#endif

MOTE_VECTORISED MOTE_NO_MATH_ERRNO void update(const Update& u, const float* gradient, float* mean,
                                               float* square, float* value, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    mean[i] = u.beta1 * mean[i] + (1.0f - u.beta1) * g;
    square[i] = u.beta2 * square[i] + (1.0f - u.beta2) * (g * g);
    value[i] -= u.rate * (mean[i] / (__builtin_sqrtf(square[i]) + u.epsilon)) + u.decay * value[i];
  }
}

}  // namespace

Adam::Adam(std::vector<Parameter>& parameters, const Options& options)
    : parameters_(parameters), options_(options) {
  for (const Parameter& parameter : parameters_) {
    mean_.emplace_back(parameter.gradient.size(), 0.0f);
    square_.emplace_back(parameter.gradient.size(), 0.0f);
  }
}

void Adam::step(float learning_rate) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double correction1 = 1.0 - std::pow(static_cast<double>(options_.beta1), t);
  const double correction2 = std::sqrt(1.0 - std::pow(static_cast<double>(options_.beta2), t));
  Update u{options_.beta1, options_.beta2, options_.epsilon * static_cast<float>(correction2),
           learning_rate * static_cast<float>(correction2 / correction1), 0};
  for (size_t p = 0; p < parameters_.size(); ++p) {
    Parameter& parameter = parameters_[p];
    if (!parameter.trained) continue;
    u.decay = parameter.decays ? learning_rate * options_.weight_decay : 0.0f;
    update(u, parameter.gradient.data(), mean_[p].data(), square_[p].data(), parameter.value.data(),
           parameter.value.size());
  }
}

}  // namespace mote::learn

#include "learn/activation.hpp"

#include <limits>

#include "learn/vectorised.hpp"

namespace mote::learn {
namespace {

MOTE_VECTORISED void clamp_all(float low, float high, float* values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const float above = values[i] > low ? values[i] : low;
    values[i] = above < high ? above : high;
  }
}

MOTE_VECTORISED void mask_bounds(float low, float high, const float* y, float* gradient,
                                 size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const float above = y[i] > low ? gradient[i] : 0.0f;
    gradient[i] = y[i] < high ? above : 0.0f;
  }
}

}  // namespace

ActivationBounds activation_bounds(const ir::Node& node) {
  const std::string activation = node.text("activation", "none");
  if (activation == "none") return {};
  if (activation == "relu") return {true, 0.0f, std::numeric_limits<float>::infinity()};
  if (activation == "relu6") return {true, 0.0f, 6.0f};
  if (activation == "relu_n1_to_1") return {true, -1.0f, 1.0f};
  throw ir::GraphError("op " + node.op + ": activation '" + activation +
                       "' is not one of none, relu, relu6, relu_n1_to_1");
}

void activate(const ActivationBounds& bounds, float* values, size_t count) {
  if (bounds.bounded) clamp_all(bounds.low, bounds.high, values, count);
}

void activate_backward(const ActivationBounds& bounds, const float* y, float* gradient,
                       size_t count) {
  if (bounds.bounded) mask_bounds(bounds.low, bounds.high, y, gradient, count);
}

}  // namespace mote::learn

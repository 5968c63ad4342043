// Activations that are fused into an op's output: "none", "relu", "relu6", "relu_n1_to_1".
#pragma once

#include <cstddef>

#include "compiler/ir/graph.hpp"

namespace mote::learn {

// y = min(max(x, low), high); the identity when there is no bound.
struct ActivationBounds {
  bool bounded = false;
  float low = 0;
  float high = 0;  // infinity for relu
};

// From a node's attribute "activation". Throws ir::GraphError for an unknown one.
ActivationBounds activation_bounds(const ir::Node& node);

// values: [count], clamped in place.
void activate(const ActivationBounds& bounds, float* values, size_t count);
// gradient: [count]; set to 0 where the output y: [count] lies on a bound.
void activate_backward(const ActivationBounds& bounds, const float* y, float* gradient,
                       size_t count);

}  // namespace mote::learn

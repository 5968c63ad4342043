// Aids for the shape rules of signal ops: how a window of samples lies in a tensor, and attributes
// with ranges.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/op.hpp"

namespace mote::ir {

// A window of samples: [length, axes], or with dimensions of 1 among them ([1, length, 1, axes]).
struct SignalShape {
  int32_t length;
  int32_t axes;
};

inline SignalShape signal_shape(const Graph& graph, const Node& node) {
  require(!node.inputs.empty(), node, "needs an input");
  const Tensor& x = graph.tensor(node.inputs[0]);
  require(x.shape.size() >= 2 && x.elements() > 0, node,
          "input '" + x.name + "' must be a signal [length, axes]");
  const int32_t axes = x.shape.back();
  return {static_cast<int32_t>(x.elements() / axes), axes};
}

inline void require_type(const Graph& graph, const Node& node, DType dtype) {
  const Tensor& x = graph.tensor(node.inputs.at(0));
  require(x.dtype == dtype, node,
          "input '" + x.name + "' is " + std::string(dtype_name(x.dtype)) + ", not " +
              std::string(dtype_name(dtype)));
}

// An integer attribute in [low, high].
inline int32_t integer_in(const Node& node, const std::string& name, int64_t low, int64_t high) {
  const int64_t value = node.integer(name);
  require(value >= low && value <= high, node,
          "attribute '" + name + "' is " + std::to_string(value) +
              ", allowed: " + std::to_string(low) + " to " + std::to_string(high));
  return static_cast<int32_t>(value);
}
inline int32_t integer_in(const Node& node, const std::string& name, int64_t low, int64_t high,
                          int64_t fallback) {
  return node.has(name) ? integer_in(node, name, low, high) : static_cast<int32_t>(fallback);
}

// A real attribute in [low, high].
inline double real_in(const Node& node, const std::string& name, double low, double high) {
  const double value = node.real(name);
  require(value >= low && value <= high, node,
          "attribute '" + name + "' is " + std::to_string(value) +
              ", allowed: " + std::to_string(low) + " to " + std::to_string(high));
  return value;
}
inline double real_in(const Node& node, const std::string& name, double low, double high,
                      double fallback) {
  return node.has(name) ? real_in(node, name, low, high) : fallback;
}

}  // namespace mote::ir

// Writes graphs as TensorFlow Lite models (schema version 3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::tflite {

// Why one node of a graph can't become an operator.
struct Obstacle {
  size_t node;         // index
  std::string op;      // its op
  std::string tensor;  // name of its first output
  std::string reason;
};

// The graph is well-formed, but TensorFlow Lite can't say some of it; carries all of that.
class InexpressibleError : public ir::GraphError {
 public:
  InexpressibleError(const std::string& message, std::vector<Obstacle> all)
      : ir::GraphError(message), obstacles(std::move(all)) {}
  std::vector<Obstacle> obstacles;
};

// A .tflite file of a verified graph: an operator per node in the same order, tensors with their
// names, equal constants stored once. Variables that read_variable and assign_variable use become
// resource variables, which a graph called once sets to their initial values; others become
// variable tensors, which start at real zero. Operators are written with version 1.
//
// Throws InexpressibleError, which names every node that TensorFlow Lite has no operator for.
std::vector<uint8_t> write_tflite(const ir::Graph& graph);

// Whether TensorFlow Lite has an operator for this op, or operators that it can become.
bool has_tflite_form(std::string_view op);

}  // namespace mote::tflite

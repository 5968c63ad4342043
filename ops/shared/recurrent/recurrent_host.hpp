// Recurrent layers step by step, for formats that have no operator for them: sums, products and
// functions of whole matrices, in the order of the layers' float kernels, so that no bit differs.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/op.hpp"

namespace mote::shared {

// Shape of one layer: x is [batches, steps, inputs], or [steps, batches, inputs] with time_major.
struct SequenceShape {
  int32_t batches, steps, inputs, cells;
  bool time_major;
};

// Appends nodes to a graph, which must outlive it. Values of a step are float [batches, cells].
class StepWriter {
 public:
  StepWriter(ir::Graph& graph, const SequenceShape& shape) : graph_(graph), shape_(shape) {}

  // w . x[t] + bias for every step t. w: float [cells, inputs], bias: float [cells].
  std::vector<ir::TensorId> of_inputs(ir::TensorId x, ir::TensorId w, ir::TensorId bias);
  // w . h + bias. w: float [cells, cells]; bias: float [cells] or ir::no_tensor.
  ir::TensorId of_state(ir::TensorId h, ir::TensorId w, ir::TensorId bias);
  // Element by element: "add", "sub", "mul", "maximum", "minimum" of two, "tanh", "logistic" of
  // one.
  ir::TensorId apply(const std::string& op, std::vector<ir::TensorId> values);

  ir::TensorId constant(const std::string& name, ir::Shape shape, const std::vector<float>& values);
  // `value` in every element, where shapes broadcast.
  ir::TensorId scalar(const std::string& name, float value) { return constant(name, {1}, {value}); }

  // What a state of batches * cells values holds; zeros without a variable.
  ir::TensorId initial(ir::TensorId variable);
  void keep(ir::TensorId variable, ir::TensorId value);  // ir::no_tensor: nothing is kept
  // All steps' values as one tensor, like x with cells for inputs.
  ir::TensorId sequence(const std::vector<ir::TensorId>& steps);

 private:
  ir::TensorId reshaped(ir::TensorId value, const ir::Shape& shape);

  ir::Graph& graph_;
  SequenceShape shape_;
};

// Whether a node besides `node` reads or writes the variable.
bool is_shared_state(const ir::Graph& graph, const ir::Node& node, ir::TensorId variable);

}  // namespace mote::shared

#include "ops/shared/recurrent/recurrent_host.hpp"

#include <algorithm>

namespace mote::shared {

using ir::no_tensor;
using ir::Shape;
using ir::TensorId;

namespace {

const ir::Attributes plain{{"activation", std::string("none")}};

}  // namespace

std::vector<TensorId> StepWriter::of_inputs(TensorId x, TensorId w, TensorId bias) {
  ir::Attributes each_step = plain;
  each_step["keep_dims"] = int64_t{1};
  const TensorId all = graph_.add_node("fully_connected", {x, w, bias}, each_step).at(0);
  const ir::Attributes along{{"axis", int64_t{shape_.time_major ? 0 : 1}}};
  return graph_.add_node("unpack", {all}, along, shape_.steps);
}

TensorId StepWriter::of_state(TensorId h, TensorId w, TensorId bias) {
  return graph_.add_node("fully_connected", {h, w, bias}, plain).at(0);
}

TensorId StepWriter::apply(const std::string& op, std::vector<TensorId> values) {
  const bool fuses = ir::find_op(op).traits.fuses_activation;
  return graph_.add_node(op, std::move(values), fuses ? plain : ir::Attributes{}).at(0);
}

TensorId StepWriter::constant(const std::string& name, Shape shape,
                              const std::vector<float>& values) {
  return graph_.add_constant(name, ir::DType::f32, std::move(shape), values);
}

TensorId StepWriter::reshaped(TensorId value, const Shape& shape) {
  if (graph_.tensor(value).shape == shape) return value;
  const std::vector<int64_t> extents(shape.begin(), shape.end());
  return graph_.add_node("reshape", {value}, {{"shape", extents}}).at(0);
}

TensorId StepWriter::initial(TensorId variable) {
  const Shape shape{shape_.batches, shape_.cells};
  if (variable != no_tensor) {
    return reshaped(graph_.add_node("read_variable", {variable}, {}).at(0), shape);
  }
  const auto count = static_cast<size_t>(shape_.batches) * static_cast<size_t>(shape_.cells);
  return constant("zero state", shape, std::vector<float>(count, 0.0f));
}

void StepWriter::keep(TensorId variable, TensorId value) {
  if (variable == no_tensor) return;
  const TensorId fitting = reshaped(value, Shape(graph_.tensor(variable).shape));
  graph_.nodes.push_back({"assign_variable", {fitting}, {variable}, {}});
}

TensorId StepWriter::sequence(const std::vector<TensorId>& steps) {
  const ir::Attributes along{{"axis", int64_t{shape_.time_major ? 0 : 1}}};
  return graph_.add_node("pack", steps, along).at(0);
}

bool is_shared_state(const ir::Graph& graph, const ir::Node& node, TensorId variable) {
  return std::ranges::any_of(graph.nodes, [&](const ir::Node& other) {
    return other.outputs != node.outputs && (std::ranges::count(other.inputs, variable) > 0 ||
                                             std::ranges::count(other.outputs, variable) > 0);
  });
}

}  // namespace mote::shared

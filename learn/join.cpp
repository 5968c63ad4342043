#include "learn/join.hpp"

namespace mote::learn {

void join(ir::Graph& graph, ir::TensorId from, const ir::Graph& tail) {
  if (tail.inputs.size() != 1) throw ir::GraphError("the second graph must have one input");
  const ir::Tensor& gives = graph.tensor(from);
  const ir::Tensor& takes = tail.tensor(tail.inputs[0]);
  if (gives.dtype != takes.dtype || gives.shape != takes.shape) {
    throw ir::GraphError("'" + gives.name + "' and '" + takes.name +
                         "' differ in type or shape: the graphs can't be joined");
  }
  std::vector<ir::TensorId> renumbered;
  for (size_t t = 0; t < tail.tensors.size(); ++t) {
    const bool is_input = static_cast<ir::TensorId>(t) == tail.inputs[0];
    renumbered.push_back(is_input ? from : graph.add_tensor(tail.tensors[t]));
  }
  const auto renumber = [&](std::vector<ir::TensorId> ids) {
    for (ir::TensorId& id : ids) {
      if (id != ir::no_tensor) id = renumbered.at(static_cast<size_t>(id));
    }
    return ids;
  };
  for (ir::Node node : tail.nodes) {
    node.inputs = renumber(node.inputs);
    node.outputs = renumber(node.outputs);
    graph.nodes.push_back(std::move(node));
  }
  graph.outputs = renumber(tail.outputs);
}

}  // namespace mote::learn

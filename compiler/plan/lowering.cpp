#include "compiler/plan/lowering.hpp"

#include <numeric>
#include <string>

namespace mote::plan {

using ir::GraphError;
using ir::TensorId;

Lowering lower_all(const ir::Graph& graph, const ir::Target& target) {
  Lowering lowering;
  lowering.graph = &graph;
  lowering.costs = target.costs;
  std::string failures;
  for (const ir::Node& node : graph.nodes) {
    try {
      lowering.ops.push_back(ir::lower(graph, node, target));
    } catch (const GraphError& error) {
      failures += (failures.empty() ? "" : "\n") + std::string(error.what()) + " (output '" +
                  graph.tensor(node.outputs.at(0)).name + "')";
    }
  }
  if (!failures.empty()) throw GraphError(failures);

  std::vector<TensorId>& roots = lowering.roots;
  roots.resize(graph.tensors.size());
  std::iota(roots.begin(), roots.end(), 0);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (lowering.ops[i].kernel != nullptr) continue;
    const ir::Node& node = graph.nodes[i];
    roots[static_cast<size_t>(node.outputs.at(0))] = lowering.root(node.inputs.at(0));
  }
  for (const TensorId id : graph.outputs) {
    if (lowering.root_tensor(id).constant) {
      throw GraphError("output '" + graph.tensor(id).name +
                       "' is a constant: there is nothing to compute");
    }
  }
  return lowering;
}

}  // namespace mote::plan

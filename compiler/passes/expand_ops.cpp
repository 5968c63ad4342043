#include <algorithm>

#include "compiler/ir/op.hpp"
#include "compiler/passes/passes.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::TensorId;

// Results take the places of the node's outputs, and values in between names like its own.
void put_in_place(Graph& graph, const Node& node, size_t first,
                  const std::vector<TensorId>& results) {
  const std::string name = graph.tensor(node.outputs.at(0)).name;
  for (size_t i = first; i < graph.nodes.size(); ++i) {
    Node& part = graph.nodes[i];
    part.source_index = node.source_index;
    for (TensorId id : part.outputs) {
      ir::Tensor& made = graph.tensor(id);
      if (!made.variable) made.name = name + "/" + made.name;
    }
    for (size_t k = 0; k < results.size(); ++k) {
      std::ranges::replace(part.inputs, results[k], node.outputs[k]);
      std::ranges::replace(part.outputs, results[k], node.outputs[k]);
    }
  }
}

}  // namespace

std::vector<std::string> expand_ops(Graph& graph) {
  const std::vector<Node> nodes = graph.nodes;
  std::vector<Node> expanded;
  std::vector<std::string> ops;
  for (const Node& node : nodes) {
    const auto expand = ir::find_op(node.op).expand;
    const std::vector<TensorId> results =
        expand == nullptr ? std::vector<TensorId>() : expand(graph, node);
    if (results.empty()) {
      expanded.push_back(node);
      continue;
    }
    ops.push_back(node.op);
    put_in_place(graph, node, nodes.size(), results);
    const auto made = graph.nodes.begin() + static_cast<std::ptrdiff_t>(nodes.size());
    expanded.insert(expanded.end(), made, graph.nodes.end());
    graph.nodes.erase(made, graph.nodes.end());
  }
  graph.nodes = std::move(expanded);
  return ops;
}

}  // namespace mote::passes

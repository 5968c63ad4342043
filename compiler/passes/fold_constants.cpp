#include <algorithm>

#include "compiler/passes/passes.hpp"

namespace mote::passes {

void fold_constants(ir::Graph& graph, const ir::Evaluate& evaluate) {
  const auto is_constant = [&](ir::TensorId id) {
    return id == ir::no_tensor || graph.tensor(id).constant;
  };
  for (size_t i = 0; i < graph.nodes.size();) {
    const ir::Node& node = graph.nodes[i];
    std::optional<std::vector<std::vector<uint8_t>>> values;
    if (!node.inputs.empty() && std::ranges::all_of(node.inputs, is_constant)) {
      values = evaluate(graph, node);
    }
    if (!values) {
      ++i;
      continue;
    }
    for (size_t output = 0; output < node.outputs.size(); ++output) {
      ir::Tensor& tensor = graph.tensor(node.outputs[output]);
      tensor.constant = true;
      tensor.data = std::move((*values)[output]);
    }
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace mote::passes

#include <algorithm>
#include <cmath>

#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::TensorId;

std::string addition() {
  for (const ir::OpDef* op : ir::all_ops()) {
    if (op->traits.role == ir::Role::addition) return std::string(op->name);
  }
  throw ir::GraphError("there is no op that adds");
}

bool has_constants(const Graph& graph, const Node& norm) {
  return std::all_of(norm.inputs.begin() + 1, norm.inputs.end(),
                     [&](TensorId id) { return graph.tensor(id).constant; });
}

// The second of the two nodes; the first takes the place of `norm`.
Node expand(Graph& graph, Node& norm) {
  const auto values = [&](size_t input) {
    return graph.tensor(norm.inputs[input]).values<float>();
  };
  const auto gamma = values(1), beta = values(2), mean = values(3), variance = values(4);
  std::vector<float> factor, offset;
  for (size_t c = 0; c < gamma.size(); ++c) {
    const double scale = static_cast<double>(gamma[c]) /
                         std::sqrt(static_cast<double>(variance[c]) + norm.real("epsilon"));
    factor.push_back(static_cast<float>(scale));
    offset.push_back(
        static_cast<float>(static_cast<double>(beta[c]) - static_cast<double>(mean[c]) * scale));
  }
  const ir::Shape channels{static_cast<int32_t>(factor.size())};
  ir::Tensor scaled = graph.tensor(norm.outputs.at(0));
  const std::string name = scaled.name;
  scaled.name += "/scaled";
  const TensorId product = graph.add_tensor(std::move(scaled));
  const TensorId by = graph.add_constant(name + "/factor", ir::DType::f32, channels, factor);
  const TensorId plus = graph.add_constant(name + "/offset", ir::DType::f32, channels, offset);
  const ir::Attributes attributes{{"activation", std::string("none")}};
  Node sum{addition(), {product, plus}, norm.outputs, attributes, norm.source_index};
  norm = {std::string(traits(norm).product_form),
          {norm.inputs[0], by},
          {product},
          attributes,
          norm.source_index};
  return sum;
}

}  // namespace

void expand_batch_norm(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    if (traits(node).role != ir::Role::batch_norm || !has_constants(graph, node)) continue;
    Node sum = expand(graph, node);
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::move(sum));
  }
}

}  // namespace mote::passes

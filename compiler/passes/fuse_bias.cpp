#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;

// The constant float of one value per channel that `add` adds to its input 0, or no_tensor.
ir::TensorId added_bias(const Graph& graph, const Node& add, int32_t channels) {
  const ir::TensorId id = add.inputs.at(1);
  if (id == ir::no_tensor) return ir::no_tensor;
  const Tensor& bias = graph.tensor(id);
  const bool fits = bias.constant && bias.dtype == ir::DType::f32 && !bias.shape.empty() &&
                    bias.shape.back() == channels && bias.elements() == channels;
  return fits ? id : ir::no_tensor;
}

void add_to_bias(Graph& graph, Node& linear, ir::TensorId added) {
  linear.inputs.resize(3, ir::no_tensor);
  std::vector<float> sum;
  const auto extra = graph.tensor(added).values<float>();
  for (size_t c = 0; c < extra.size(); ++c) {
    const float own =
        linear.inputs[2] == ir::no_tensor ? 0 : graph.tensor(linear.inputs[2]).values<float>()[c];
    sum.push_back(own + extra[c]);
  }
  const std::string name = graph.tensor(added).name;
  linear.inputs[2] =
      graph.add_constant(name, ir::DType::f32, {static_cast<int32_t>(sum.size())}, sum);
}

bool float_linear(const Graph& graph, const Node& node) {
  if (traits(node).role != ir::Role::linear || node.text("activation", "none") != "none") {
    return false;
  }
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != ir::no_tensor;
  return graph.tensor(node.inputs.at(1)).dtype == ir::DType::f32 &&
         (!has_bias || graph.tensor(node.inputs[2]).constant);
}

}  // namespace

void fuse_bias(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size();) {
    const Node add = graph.nodes[i];
    const int32_t producer =
        traits(add).role == ir::Role::addition ? sole_producer(graph, add, 0) : -1;
    if (producer < 0 || !float_linear(graph, graph.nodes[static_cast<size_t>(producer)])) {
      ++i;
      continue;
    }
    Node& linear = graph.nodes[static_cast<size_t>(producer)];
    const Tensor& weights = graph.tensor(linear.inputs[1]);
    const int32_t channels = weights.shape.at(static_cast<size_t>(traits(linear).channel_axis));
    const ir::TensorId bias = added_bias(graph, add, channels);
    if (bias == ir::no_tensor) {
      ++i;
      continue;
    }
    add_to_bias(graph, linear, bias);
    const std::string activation = add.text("activation", "none");
    if (activation != "none") linear.attributes["activation"] = activation;
    absorb(graph, linear, i);
  }
}

}  // namespace mote::passes

#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;

bool fusible(const Graph& graph, const Node& producer, const Node& activation) {
  const Tensor& before = graph.tensor(activation.inputs[0]);
  const Tensor& after = graph.tensor(activation.outputs[0]);
  return traits(producer).fuses_activation && producer.text("activation", "none") == "none" &&
         before.dtype == after.dtype &&
         (before.dtype == ir::DType::f32 || before.quantization == after.quantization);
}

}  // namespace

void fuse_activation(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size();) {
    const Node activation = graph.nodes[i];
    const int32_t producer =
        traits(activation).role == ir::Role::activation ? sole_producer(graph, activation, 0) : -1;
    if (producer < 0 || !fusible(graph, graph.nodes[static_cast<size_t>(producer)], activation)) {
      ++i;
      continue;
    }
    Node& node = graph.nodes[static_cast<size_t>(producer)];
    node.attributes["activation"] = activation.op;
    absorb(graph, node, i);
  }
}

}  // namespace mote::passes

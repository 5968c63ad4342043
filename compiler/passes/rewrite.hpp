// Steps that several passes share.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/op.hpp"

namespace mote::passes {

// Index of the node that alone feeds input `input` of `node` and whose value nobody else sees:
// one reader, no graph output. -1 otherwise.
inline int32_t sole_producer(const ir::Graph& graph, const ir::Node& node, size_t input) {
  const ir::TensorId id = node.inputs.at(input);
  if (id == ir::no_tensor || graph.is_output(id)) return -1;
  const int32_t producer = graph.producer(id);
  if (producer < 0 || graph.consumers(id).size() != 1) return -1;
  return graph.nodes[static_cast<size_t>(producer)].outputs.size() == 1 ? producer : -1;
}

inline const ir::OpTraits& traits(const ir::Node& node) {
  return ir::find_op(node.op).traits;
}

// The op that does what `role` says; there is one.
inline std::string_view op_with_role(ir::Role role) {
  for (const ir::OpDef* op : ir::all_ops()) {
    if (op->traits.role == role) return op->name;
  }
  throw ir::GraphError("no op has a role that a pass needs");
}

// Whether a portable kernel takes the node.
inline bool has_kernel(const ir::Graph& graph, const ir::Node& node) {
  ir::Target any;
  any.name = "any";
  any.isas = {Isa::reference};
  try {
    ir::lower(graph, node, any);
  } catch (const ir::GraphError&) {
    return false;
  }
  return true;
}

// The bias of a linear node; nullptr for none.
inline const ir::Tensor* bias_of(const ir::Graph& graph, const ir::Node& linear) {
  const bool there = linear.inputs.size() > 2 && linear.inputs[2] != ir::no_tensor;
  return there ? &graph.tensor(linear.inputs[2]) : nullptr;
}

// Lets `producer` write what `consumer` (a later node, given by index) wrote, and drops `consumer`.
inline void absorb(ir::Graph& graph, ir::Node& producer, size_t consumer) {
  producer.outputs = graph.nodes[consumer].outputs;
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(consumer));
}

}  // namespace mote::passes

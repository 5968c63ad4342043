// A graph bound to kernels: what every way of planning its memory starts from.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/target.hpp"

namespace mote::plan {

struct Lowering {
  const ir::Graph* graph = nullptr;  // must outlive the lowering
  std::vector<ir::LoweredOp> ops;    // one per node
  // Per tensor: the tensor that owns its bytes. An alias shares its input's memory.
  std::vector<ir::TensorId> roots;
  std::vector<ir::KernelCost> costs;  // the target's

  ir::TensorId root(ir::TensorId id) const { return roots[static_cast<size_t>(id)]; }
  const ir::Tensor& root_tensor(ir::TensorId id) const { return graph->tensor(root(id)); }
};

// With the fastest kernels. Throws GraphError, naming all nodes that have no kernel at once.
Lowering lower_all(const ir::Graph& graph, const ir::Target& target);

}  // namespace mote::plan

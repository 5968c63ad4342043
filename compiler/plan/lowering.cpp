#include "compiler/plan/lowering.hpp"

#include <numeric>
#include <string>

#include "compiler/ir/kernel_costs.hpp"

namespace mote::plan {

using ir::GraphError;
using ir::LoweredOp;
using ir::TensorId;

namespace {

int64_t constant_bytes(const ir::Graph& graph, const LoweredOp& op) {
  int64_t bytes = 0;
  op.for_each_call([&](const LoweredOp& call) {
    for (const ir::Operand& operand : call.operands) {
      if (operand.kind == ir::Operand::Kind::constant) bytes += std::ssize(operand.data);
      if (operand.kind != ir::Operand::Kind::tensor) continue;
      const ir::Tensor& tensor = graph.tensor(operand.tensor);
      if (tensor.constant) bytes += tensor.byte_size();
    }
  });
  return bytes;
}

// One instruction set after the other is taken from the target, the fastest first.
LoweredOp lower_small(const ir::Graph& graph, const ir::Node& node, ir::Target target) {
  constexpr double slower_max = 2;
  LoweredOp best = ir::lower(graph, node, target);
  if (best.kernel == nullptr || best.kernel->instructions == nullptr) return best;
  const auto cost = [&](const ir::KernelInfo& kernel) {
    return ir::cost_of(graph, node, kernel, target.costs);
  };
  const double fastest = cost(*best.kernel);
  for (const ir::KernelInfo* last = best.kernel; last != nullptr;) {
    std::erase(target.isas, last->isa);
    last = nullptr;
    try {
      LoweredOp next = ir::lower(graph, node, target);
      if (next.kernel->instructions == nullptr || cost(*next.kernel) > slower_max * fastest) break;
      last = next.kernel;
      if (constant_bytes(graph, next) < constant_bytes(graph, best)) best = std::move(next);
    } catch (const GraphError&) {
      break;  // no further kernel
    }
  }
  return best;
}

}  // namespace

Lowering lower_all(const ir::Graph& graph, const ir::Target& target, Prefer prefer) {
  Lowering lowering;
  lowering.graph = &graph;
  std::string failures;
  for (const ir::Node& node : graph.nodes) {
    try {
      lowering.ops.push_back(prefer == Prefer::size ? lower_small(graph, node, target)
                                                    : ir::lower(graph, node, target));
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

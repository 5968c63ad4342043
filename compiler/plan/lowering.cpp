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

constexpr double slower_max = 2;              // times the fastest kernel
constexpr double compact_slower_max = 10;     // of those that decode their weights
constexpr int64_t compact_code_bytes = 1024;  // what their code takes, about

// The kernel with the fewest constants, the fastest of those; of compact kernels, where they are
// wanted, only the fastest is looked at.
LoweredOp lower_small(const ir::Graph& graph, const ir::Node& node, const ir::Target& target,
                      bool compact_wanted) {
  LoweredOp best = ir::lower(graph, node, target);
  if (best.kernel == nullptr || best.kernel->instructions == nullptr) return best;
  const double fastest = ir::cost_of(graph, node, *best.kernel, target.costs);
  int64_t fewest = constant_bytes(graph, best);
  for (const auto& [kernel, instructions] : ir::fitting_kernels(graph, node, target)) {
    const double times = kernel->compact ? compact_slower_max : slower_max;
    if ((kernel->compact && !compact_wanted) || instructions > times * fastest) continue;
    if (kernel->compact) compact_wanted = false;
    LoweredOp next = ir::lower_to(graph, node, *kernel);
    const int64_t bytes = constant_bytes(graph, next);
    if (bytes >= fewest) continue;
    fewest = bytes;
    best = std::move(next);
  }
  return best;
}

// What a graph's nodes become: compact kernels are worth their own code only where they save more.
class SmallLowering {
 public:
  void add(const ir::Graph& graph, const ir::Node& node, const ir::Target& target) {
    plain_.push_back(lower_small(graph, node, target, false));
    compact_.push_back(lower_small(graph, node, target, true));
    saved_ += constant_bytes(graph, plain_.back()) - constant_bytes(graph, compact_.back());
  }
  std::vector<LoweredOp> take() && {
    return std::move(saved_ > compact_code_bytes ? compact_ : plain_);
  }

 private:
  std::vector<LoweredOp> plain_, compact_;
  int64_t saved_ = 0;
};

}  // namespace

Lowering lower_all(const ir::Graph& graph, const ir::Target& target, Prefer prefer) {
  Lowering lowering;
  lowering.graph = &graph;
  std::string failures;
  SmallLowering small;
  for (const ir::Node& node : graph.nodes) {
    try {
      if (prefer == Prefer::size) {
        small.add(graph, node, target);
      } else {
        lowering.ops.push_back(ir::lower(graph, node, target));
      }
    } catch (const GraphError& error) {
      failures += (failures.empty() ? "" : "\n") + std::string(error.what()) + " (output '" +
                  graph.tensor(node.outputs.at(0)).name + "')";
    }
  }
  if (!failures.empty()) throw GraphError(failures);
  if (prefer == Prefer::size) lowering.ops = std::move(small).take();

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

#include "compiler/ir/op.hpp"

#include <algorithm>

#include "compiler/ir/kernel_costs.hpp"

namespace mote::ir {

const OpDef& find_op(std::string_view name) {
  const auto ops = all_ops();
  const auto found = std::ranges::find(ops, name, [](const OpDef* op) { return op->name; });
  if (found != ops.end()) return **found;
  std::string known;
  for (const OpDef* op : ops) known += (known.empty() ? "" : ", ") + std::string(op->name);
  throw GraphError("there is no op '" + std::string(name) + "'; known: " + known);
}

LoweredOp lower(const Graph& graph, const Node& node, const Target& target) {
  const OpDef& op = find_op(node.op);
  if (op.traits.alias) return {};
  std::vector<const KernelInfo*> fitting;
  std::vector<KernelOffer> offers;
  for (const KernelInfo& kernel : op.kernels) {
    if (kernel.compact || !target.runs(kernel.isa) || !kernel.fits(graph, node)) continue;
    fitting.push_back(&kernel);
    offers.push_back({static_cast<double>(kernel.instructions(graph, node)),
                      cost_of(graph, node, kernel, target.costs)});
  }
  if (fitting.empty()) {
    std::string types;
    for (TensorId id : node.inputs) {
      types += types.empty() ? "" : ", ";
      types += id == no_tensor ? "none" : std::string(dtype_name(graph.tensor(id).dtype));
    }
    require(false, node, "no kernel for inputs (" + types + ") on target " + target.name);
  }
  return lower_to(graph, node, *fitting[choose(offers)]);
}

std::vector<FittingKernel> fitting_kernels(const Graph& graph, const Node& node,
                                           const Target& target) {
  std::vector<FittingKernel> found;
  for (const KernelInfo& kernel : find_op(node.op).kernels) {
    if (!target.runs(kernel.isa) || !kernel.fits(graph, node)) continue;
    const bool estimated = kernel.instructions != nullptr;
    found.push_back({&kernel, estimated ? cost_of(graph, node, kernel, target.costs) : 0});
  }
  std::ranges::stable_sort(found, {}, &FittingKernel::instructions);
  return found;
}

LoweredOp lower_to(const Graph& graph, const Node& node, const KernelInfo& kernel) {
  LoweredOp lowered = kernel.lower(graph, node);
  if (lowered.alias) return lowered;
  if (lowered.kernel == nullptr) lowered.kernel = &kernel;
  for (LoweredOp& call : lowered.then) {
    if (call.kernel == nullptr) call.kernel = lowered.kernel;
  }
  lowered.for_each_call([&](const LoweredOp& call) {
    require(call.operands.size() == call.kernel->entry.operand_count(), node,
            "lowering made " + std::to_string(call.operands.size()) + " operands for " +
                std::string(call.kernel->symbol));
  });
  return lowered;
}

void set_output(Graph& graph, const Node& node, size_t index, DType dtype, const Shape& shape) {
  require(index < node.outputs.size(), node, "output " + std::to_string(index) + " is missing");
  Tensor& output = graph.tensor(node.outputs[index]);
  if (output.shape.empty()) {
    output.dtype = dtype;
    output.shape = shape;
    return;
  }
  require(output.dtype == dtype, node,
          "output '" + output.name + "' is " + std::string(dtype_name(output.dtype)) +
              " where the op gives " + std::string(dtype_name(dtype)));
  if (output.shape == shape) return;
  const auto text = [](const Shape& s) {
    std::string joined;
    for (int32_t extent : s) joined += (joined.empty() ? "" : ",") + std::to_string(extent);
    return "[" + joined + "]";
  };
  require(false, node,
          "output '" + output.name + "' is declared " + text(output.shape) +
              " where the op gives " + text(shape));
}

void require(bool condition, const Node& node, const std::string& fact) {
  if (condition) return;
  const std::string where =
      node.source_index < 0 ? "" : " (operator " + std::to_string(node.source_index) + ")";
  throw GraphError("op " + node.op + where + ": " + fact);
}

}  // namespace mote::ir

#include "compiler/interpret.hpp"

#include <algorithm>
#include <bit>

#include "core/status.hpp"
#include "device/vm/kernels.hpp"

namespace mote {

using ir::Graph;
using ir::GraphError;
using ir::Operand;
using ir::TensorId;

ir::Target host_target() {
  return {"host", {Isa::reference, Isa::generic, Isa::armv7em, Isa::mve}, 0, 0};
}

namespace {

// The body that this CPU runs fastest; a KernelInfo has the portable one.
KernelRun run_of(const KernelEntry& kernel) {
  const std::span entries(board_kernels.entries, board_kernels.count);
  const auto found = std::ranges::lower_bound(entries, kernel.id, {}, &KernelEntry::id);
  return found != entries.end() && found->id == kernel.id ? found->run : kernel.run;
}

}  // namespace

Interpreter::Interpreter(const Graph& graph, const ir::Target& target) : graph_(graph) {
  for (const ir::Node& node : graph.nodes) {
    lowered_.push_back(ir::lower(graph, node, target));
  }
  values_.resize(graph.tensors.size());
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (graph.tensors[i].constant) values_[i] = graph.tensors[i].data;
  }
  reset();
}

void Interpreter::reset() {
  for (size_t i = 0; i < graph_.tensors.size(); ++i) {
    if (graph_.tensors[i].variable) values_[i] = graph_.tensors[i].data;
  }
}

void Interpreter::run(std::span<const std::vector<uint8_t>> inputs) {
  if (inputs.size() != graph_.inputs.size()) {
    throw GraphError(graph_.name + ": " + std::to_string(inputs.size()) + " inputs given, it has " +
                     std::to_string(graph_.inputs.size()));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ir::Tensor& tensor = graph_.tensor(graph_.inputs[i]);
    if (static_cast<int64_t>(inputs[i].size()) != tensor.byte_size()) {
      throw GraphError("input '" + tensor.name + "': " + std::to_string(inputs[i].size()) +
                       " bytes given, it has " + std::to_string(tensor.byte_size()));
    }
    values_[static_cast<size_t>(graph_.inputs[i])] = inputs[i];
  }
  for (size_t i = 0; i < graph_.nodes.size(); ++i) run_node(i);
}

void Interpreter::run_node(size_t index) {
  const ir::Node& node = graph_.nodes[index];
  ir::LoweredOp& op = lowered_[index];
  for (TensorId id : node.outputs) {
    if (graph_.tensor(id).variable) continue;
    values_[static_cast<size_t>(id)].assign(static_cast<size_t>(graph_.tensor(id).byte_size()), 0);
  }
  if (op.kernel == nullptr) {
    values_[static_cast<size_t>(node.outputs[0])] = values_[static_cast<size_t>(node.inputs[0])];
    return;
  }
  call(node, op);
  for (ir::LoweredOp& further : op.then) call(node, further);
}

void Interpreter::call(const ir::Node& node, ir::LoweredOp& op) {
  std::vector<uint32_t> params;
  for (const ir::Param& param : op.params) {
    params.push_back(
        std::visit([](auto value) { return std::bit_cast<uint32_t>(value); }, param.value));
  }
  std::vector<std::vector<uint8_t>> scratch;
  scratch.reserve(op.operands.size());
  std::vector<void*> operands;
  std::vector<uint32_t> sizes;
  for (Operand& operand : op.operands) {
    std::vector<uint8_t>* memory = nullptr;
    switch (operand.kind) {
      case Operand::Kind::tensor:
        memory = &values_[static_cast<size_t>(operand.tensor)];
        break;
      case Operand::Kind::constant:
        memory = &operand.data;
        break;
      case Operand::Kind::scratch:
        // Scratch holds anything when a kernel starts.
        memory = &scratch.emplace_back(operand.bytes, uint8_t{0xA5});
        break;
    }
    operands.push_back(memory->data());
    sizes.push_back(static_cast<uint32_t>(memory->size()));
  }
  const KernelEntry& kernel = op.kernel->entry;
  const Status status = kernel.check(params.data(), sizes.data());
  ir::require(status == Status::ok, node,
              std::string(op.kernel->symbol) + " refuses its params: " + status_text(status));
  run_of(kernel)(params.data(), operands.data());
}

std::optional<std::vector<std::vector<uint8_t>>> evaluate_on_host(const Graph& graph,
                                                                  const ir::Node& node) {
  if (graph.writes_variable(node)) return std::nullopt;
  // A graph of this node alone.
  Graph alone;
  alone.name = graph.name;
  ir::Node copy = node;
  for (TensorId& id : copy.inputs) {
    if (id == ir::no_tensor) continue;
    id = alone.add_tensor(graph.tensor(id));
  }
  for (TensorId& id : copy.outputs) id = alone.add_tensor(graph.tensor(id));
  alone.nodes.push_back(copy);
  try {
    Interpreter interpreter(alone, host_target());
    interpreter.run({});
    std::vector<std::vector<uint8_t>> values;
    for (TensorId id : copy.outputs) {
      const auto bytes = interpreter.bytes(id);
      values.emplace_back(bytes.begin(), bytes.end());
    }
    return values;
  } catch (const GraphError&) {
    return std::nullopt;
  }
}

std::span<const uint8_t> Interpreter::bytes(TensorId id) const {
  return values_.at(static_cast<size_t>(id));
}

}  // namespace mote

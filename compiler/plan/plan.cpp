#include "compiler/plan/plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/plan/arena.hpp"
#include "compiler/plan/choose.hpp"
#include "compiler/plan/order.hpp"
#include "compiler/plan/small.hpp"

namespace mote::plan {
namespace {

using ir::Graph;
using ir::LoweredOp;
using ir::Node;
using ir::Operand;
using ir::Tensor;
using ir::TensorId;

constexpr uint32_t constant_alignment = 16;

class Planner {
 public:
  Planner(const Lowering& lowering, const Choice& choice)
      : lowering_(lowering),
        graph_(*lowering.graph),
        arena_(lowering, choice.chains),
        layout_(choice.layout) {}

  Plan run() {
    plan_.name = graph_.name;
    plan_.arena_bytes = layout_.bytes;
    emit_ops();
    plan_.inputs = make_ports(graph_.inputs);
    plan_.outputs = make_ports(graph_.outputs);
    make_states();
    for (size_t i = 0; i < arena_.buffers().size(); ++i) {
      const Buffer& buffer = arena_.buffers()[i];
      // In the picture time counts calls, not nodes.
      const int32_t first = first_op_[index(buffer.first)];
      const int32_t end = buffer.last >= std::ssize(graph_.nodes)
                              ? first_op_.back() + 1
                              : first_op_[index(buffer.last) + 1];
      plan_.buffers.push_back(
          {arena_.labels()[i], layout_.offsets[i], buffer.bytes, first, std::max(first, end - 1)});
    }
    return std::move(plan_);
  }

 private:
  void emit_ops() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      first_op_.push_back(static_cast<int32_t>(plan_.ops.size()));
      const ChainPlan* chain = arena_.chain_of(i);
      if (chain != nullptr) {
        if (chain->chain().first == static_cast<int32_t>(i)) emit_chain(*chain);
        continue;
      }
      const LoweredOp& lowered = lowering_.ops[i];
      if (lowered.kernel == nullptr) continue;
      const Node& node = graph_.nodes[i];
      size_t scratch = 0;
      int64_t macs = ir::find_op(node.op).macs(graph_, node);  // counted once, at the first call
      lowered.for_each_call([&](const LoweredOp& call) {
        PlannedOp op{call.kernel,
                     call.params,
                     {},
                     describe(node),
                     macs,
                     node.source_index,
                     static_cast<int32_t>(i),
                     false};
        macs = 0;
        for (const Operand& operand : call.operands) {
          op.operands.push_back(place(operand, i, &scratch));
        }
        plan_.ops.push_back(std::move(op));
      });
    }
    first_op_.push_back(static_cast<int32_t>(plan_.ops.size()));
  }

  void emit_chain(const ChainPlan& chain) {
    const BandCalls bands = chain.calls();
    for (const BandLoop& loop : bands.loops) {
      plan_.repeats.push_back({plan_.ops.size() + loop.first, loop.count, loop.times});
    }
    std::set<int32_t> counted;
    for (size_t i = 0; i < bands.calls.size(); ++i) {
      const BandCall& call = bands.calls[i];
      const Node& node = graph_.nodes[index(call.node)];
      const bool counts =
          call.kernel == lowering_.ops[index(call.node)].kernel && counted.insert(call.node).second;
      PlannedOp op{call.kernel,
                   call.params,
                   {},
                   call.kernel == nullptr ? "rows of the input" : describe(node),
                   counts ? ir::find_op(node.op).macs(graph_, node) : 0,
                   node.source_index,
                   call.node,
                   // What runs often has code of its own.
                   !in_loop(bands, i)};
      for (const BandOperand& operand : call.operands) {
        op.operands.push_back(place_band(operand, chain, call.node));
        op.operands.back().step = operand.step;
      }
      plan_.ops.push_back(std::move(op));
    }
  }

  static bool in_loop(const BandCalls& bands, size_t call) {
    return std::ranges::any_of(bands.loops, [&](const BandLoop& loop) {
      return call >= loop.first && call < loop.first + loop.count;
    });
  }

  PlannedOperand place_band(const BandOperand& operand, const ChainPlan& chain, int32_t node) {
    const auto at = [&](int32_t buffer, const std::string& label) {
      return PlannedOperand{false, layout_.offsets[index(buffer)] + operand.offset, operand.bytes,
                            label};
    };
    switch (operand.kind) {
      case BandOperand::Kind::constant:
        return operand.constant->kind == Operand::Kind::constant
                   ? add_constant(operand.constant->data, operand.constant->label)
                   : add_constant(root(operand.constant->tensor).data,
                                  root(operand.constant->tensor).name);
      case BandOperand::Kind::scratch:
        return at(arena_.of_scratch(index(node), 0), "scratch");
      case BandOperand::Kind::sums:
        return at(arena_.of_sums(chain), "sums");
      case BandOperand::Kind::tensor:
        break;
    }
    return at(arena_.of_tensor(operand.tensor), graph_.tensor(operand.tensor).name);
  }

  PlannedOperand place(const Operand& operand, size_t op, size_t* scratch) {
    switch (operand.kind) {
      case Operand::Kind::constant:
        return add_constant(operand.data, operand.label);
      case Operand::Kind::scratch: {
        const int32_t buffer = arena_.of_scratch(op, (*scratch)++);
        return {false, layout_.offsets[index(buffer)], operand.bytes, "scratch"};
      }
      case Operand::Kind::tensor:
        break;
    }
    const Tensor& tensor = root(operand.tensor);
    if (tensor.constant) return add_constant(tensor.data, tensor.name);
    return {false, layout_.offsets[index(arena_.of_tensor(operand.tensor))],
            static_cast<uint32_t>(tensor.byte_size()), tensor.name};
  }

  // Equal constants are stored once.
  PlannedOperand add_constant(const std::vector<uint8_t>& data, const std::string& label) {
    const auto bytes = static_cast<uint32_t>(data.size());
    const auto [found, inserted] =
        constant_offsets_.try_emplace(data, static_cast<uint32_t>(plan_.constants.size()));
    if (inserted) {
      plan_.constant_blocks.push_back({found->second, bytes, label});
      plan_.constants.insert(plan_.constants.end(), data.begin(), data.end());
      const size_t aligned = (plan_.constants.size() + constant_alignment - 1) /
                             constant_alignment * constant_alignment;
      plan_.constants.resize(aligned, 0);
    }
    return {true, found->second, bytes, label};
  }

  void make_states() {
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      const Tensor& tensor = graph_.tensors[i];
      if (!tensor.variable) continue;
      PlannedState state{tensor.name,
                         layout_.offsets[index(arena_.of_tensor(static_cast<TensorId>(i)))],
                         static_cast<uint32_t>(tensor.byte_size()), tensor.data.at(0), 0};
      const auto same = [&](uint8_t byte) { return byte == *state.fill; };
      if (!std::ranges::all_of(tensor.data, same)) {
        state.fill.reset();
        state.constant_offset = add_constant(tensor.data, tensor.name).offset;
      }
      plan_.states.push_back(std::move(state));
    }
  }

  std::vector<PlannedPort> make_ports(const std::vector<TensorId>& ids) const {
    std::vector<PlannedPort> ports;
    for (TensorId id : ids) {
      const Tensor& tensor = graph_.tensor(id);
      const bool quantised = tensor.quantization.scale.size() == 1;
      PlannedPort port{tensor.name,
                       tensor.dtype,
                       tensor.shape,
                       quantised ? tensor.scale() : 0.0f,
                       quantised ? tensor.zero_point() : 0,
                       layout_.offsets[index(arena_.of_tensor(id))],
                       static_cast<uint32_t>(tensor.byte_size())};
      if (arena_.in_rows(id)) port.offset = 0;
      for (const PlannedOp& op : plan_.ops) {
        if (op.kernel != nullptr || !arena_.in_rows(id)) continue;
        port.piece_bytes = std::max(port.piece_bytes, op.operands[0].bytes);
      }
      ports.push_back(std::move(port));
    }
    return ports;
  }

  std::string describe(const Node& node) const {
    std::string text = node.op + " [";
    const ir::Shape& shape = graph_.tensor(node.outputs.at(0)).shape;
    for (size_t i = 0; i < shape.size(); ++i) text += (i ? "," : "") + std::to_string(shape[i]);
    return text + "]";
  }

  template <class Index>
  static size_t index(Index i) {
    return static_cast<size_t>(i);
  }

  const Tensor& root(TensorId id) const { return lowering_.root_tensor(id); }

  const Lowering& lowering_;
  const Graph& graph_;
  const ArenaBuffers arena_;
  const Layout& layout_;
  Plan plan_;
  std::vector<int32_t> first_op_;  // of each node, and one behind the last
  std::map<std::vector<uint8_t>, uint32_t> constant_offsets_;
};

}  // namespace

Plan write_plan(const Lowering& lowering, const Choice& choice) {
  return Planner(lowering, choice).run();
}

Optimize optimize_from_name(std::string_view name) {
  if (name == "latency") return Optimize::latency;
  if (name == "ram") return Optimize::ram;
  if (name == "balanced") return Optimize::balanced;
  if (name == "flash") return Optimize::flash;
  throw ir::GraphError("a plan can't be optimised for '" + std::string(name) +
                       "'; it can for latency, ram, balanced, flash");
}

namespace {

// Portable kernels are one loop that is compiled anew for all params; those for an instruction set
// call code that their layers share anyway. From three layers on, one copy with params as data is
// smaller (`mote bench --code size`).
void share_code(Plan& plan) {
  std::map<const ir::KernelInfo*, std::vector<std::vector<ir::Param>>> params;
  for (const PlannedOp& op : plan.ops) {
    std::vector<std::vector<ir::Param>>& known = params[op.kernel];
    if (std::ranges::find(known, op.params) == known.end()) known.push_back(op.params);
  }
  for (PlannedOp& op : plan.ops) {
    if (op.kernel == nullptr) continue;
    const bool portable = op.kernel->isa == Isa::reference || op.kernel->isa == Isa::generic;
    op.shared_code = portable && std::ssize(params[op.kernel]) >= shared_layers_min;
  }
}

void take_kernel(Lowering& lowering, std::string_view symbol) {
  for (size_t i = 0; i < lowering.ops.size(); ++i) {
    const ir::Node& node = lowering.graph->nodes[i];
    for (const ir::KernelInfo& kernel : ir::find_op(node.op).kernels) {
      if (kernel.symbol != symbol || !kernel.fits(*lowering.graph, node)) continue;
      lowering.ops[i] = ir::lower_to(*lowering.graph, node, kernel);
    }
  }
}

Plan plan_in_order(const Graph& graph, const ir::Target& target, const PlanOptions& options) {
  const bool small = options.optimize == Optimize::flash;
  Lowering lowering = small ? lower_small(graph, target) : lower_all(graph, target);
  if (!options.kernel.empty()) take_kernel(lowering, options.kernel);
  const Choice choice = choose_chains(lowering, options);
  Plan plan = write_plan(lowering, choice);
  if (small) share_code(plan);
  return plan;
}

}  // namespace

Plan make_plan(const Graph& graph, const ir::Target& target, const PlanOptions& options) {
  Plan plan = plan_in_order(graph, target, options);
  const std::vector<int32_t> order = find_order(graph);
  if (!std::ranges::is_sorted(order)) {
    Plan other = plan_in_order(reordered(graph, order), target, options);
    if (other.arena_bytes < plan.arena_bytes) plan = std::move(other);
  }
  plan.target = target;
  return plan;
}

}  // namespace mote::plan

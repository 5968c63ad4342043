#include "compiler/plan/plan.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "compiler/plan/memory.hpp"

namespace mote::plan {
namespace {

using ir::Graph;
using ir::GraphError;
using ir::LoweredOp;
using ir::Node;
using ir::Operand;
using ir::Tensor;
using ir::TensorId;

constexpr uint32_t constant_alignment = 16;

class Planner {
 public:
  Planner(const Graph& graph, const ir::Target& target) : graph_(graph), target_(target) {
    plan_.name = graph.name;
    plan_.target = target;
  }

  Plan run() {
    lower_all();
    find_roots();
    make_buffers();
    layout_ = plan_memory(buffers_, overlaps_);
    plan_.arena_bytes = layout_.bytes;
    emit_ops();
    plan_.inputs = make_ports(graph_.inputs);
    plan_.outputs = make_ports(graph_.outputs);
    make_states();
    for (size_t i = 0; i < buffers_.size(); ++i) {
      plan_.buffers.push_back(
          {labels_[i], layout_.offsets[i], buffers_[i].bytes, buffers_[i].first, buffers_[i].last});
    }
    return std::move(plan_);
  }

 private:
  void lower_all() {
    std::string failures;
    for (const Node& node : graph_.nodes) {
      try {
        lowered_.push_back(ir::lower(graph_, node, target_));
      } catch (const GraphError& error) {
        failures += (failures.empty() ? "" : "\n") + std::string(error.what()) + " (output '" +
                    graph_.tensor(node.outputs.at(0)).name + "')";
      }
    }
    if (!failures.empty()) throw GraphError(failures);
  }

  // An alias shares its input's memory: each tensor's root is the tensor that owns the bytes.
  void find_roots() {
    roots_.resize(graph_.tensors.size());
    std::iota(roots_.begin(), roots_.end(), 0);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (lowered_[i].kernel != nullptr) continue;
      const Node& node = graph_.nodes[i];
      roots_[index(node.outputs.at(0))] = roots_[index(node.inputs.at(0))];
    }
    for (TensorId id : graph_.outputs) {
      if (graph_.tensor(roots_[index(id)]).constant) {
        throw GraphError("output '" + graph_.tensor(id).name +
                         "' is a constant: there is nothing to compute");
      }
    }
  }

  void make_buffers() {
    const auto op_count = static_cast<int32_t>(graph_.nodes.size());
    buffer_of_.assign(graph_.tensors.size(), -1);
    for (TensorId id : graph_.inputs) touch(id, 0);
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (!graph_.tensors[i].variable) continue;  // state outlives the inference
      touch(static_cast<TensorId>(i), 0);
      touch(static_cast<TensorId>(i), op_count);
    }
    for (int32_t i = 0; i < op_count; ++i) {
      const Node& node = graph_.nodes[index(i)];
      for (TensorId id : node.inputs) {
        if (id != ir::no_tensor && !graph_.tensor(roots_[index(id)]).constant) touch(id, i);
      }
      for (TensorId id : node.outputs) touch(id, i);
    }
    for (TensorId id : graph_.outputs) touch(id, op_count);

    scratch_of_.resize(graph_.nodes.size());
    for (int32_t i = 0; i < op_count; ++i) {
      lowered_[index(i)].for_each_call([&](const LoweredOp& call) {
        for (const Operand& operand : call.operands) {
          if (operand.kind != Operand::Kind::scratch) continue;
          scratch_of_[index(i)].push_back(
              add_buffer(operand.bytes, i, "scratch of op " + std::to_string(i)));
        }
      });
      add_overlap(i);
    }
  }

  // Makes the tensor's root alive at op `at`.
  void touch(TensorId id, int32_t at) {
    const TensorId root = roots_[index(id)];
    int32_t& buffer = buffer_of_[index(root)];
    if (buffer < 0) {
      const Tensor& tensor = graph_.tensor(root);
      buffer = add_buffer(static_cast<uint32_t>(tensor.byte_size()), at, tensor.name);
    }
    buffers_[index(buffer)].last = std::max(buffers_[index(buffer)].last, at);
  }

  int32_t add_buffer(uint32_t bytes, int32_t at, const std::string& label) {
    buffers_.push_back({bytes, at, at});
    labels_.push_back(label);
    return static_cast<int32_t>(buffers_.size()) - 1;
  }

  // Only an input that dies at the op, and isn't read by it a second time, may be overwritten.
  void add_overlap(int32_t op) {
    const LoweredOp& lowered = lowered_[index(op)];
    if (lowered.overlap_output < 0) return;
    const Operand& output = lowered.operands.at(index(lowered.overlap_output));
    const Operand& input = lowered.operands.at(index(lowered.overlap_input));
    if (graph_.tensor(roots_[index(input.tensor)]).constant) return;
    if (graph_.tensor(roots_[index(output.tensor)]).variable) return;
    const int32_t output_buffer = buffer_of_[index(roots_[index(output.tensor)])];
    const int32_t input_buffer = buffer_of_[index(roots_[index(input.tensor)])];
    const auto reads = std::ranges::count_if(lowered.operands, [&](const Operand& operand) {
      return operand.kind == Operand::Kind::tensor &&
             buffer_of_[index(roots_[index(operand.tensor)])] == input_buffer;
    });
    const bool dies = buffers_[index(input_buffer)].last == op;
    const bool born = buffers_[index(output_buffer)].first == op;
    if (reads == 1 && dies && born)
      overlaps_.push_back(
          {output_buffer, input_buffer, lowered.overlap_lead, lowered.overlap_step});
  }

  void emit_ops() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (lowered_[i].kernel == nullptr) continue;
      const Node& node = graph_.nodes[i];
      size_t scratch = 0;
      int64_t macs = ir::find_op(node.op).macs(graph_, node);  // counted once, at the first call
      lowered_[i].for_each_call([&](const LoweredOp& call) {
        PlannedOp op{call.kernel, call.params, {}, describe(node), macs, node.source_index};
        macs = 0;
        for (const Operand& operand : call.operands) {
          op.operands.push_back(place(operand, i, &scratch));
        }
        plan_.ops.push_back(std::move(op));
      });
    }
  }

  PlannedOperand place(const Operand& operand, size_t op, size_t* scratch) {
    switch (operand.kind) {
      case Operand::Kind::constant:
        return add_constant(operand.data, operand.label);
      case Operand::Kind::scratch: {
        const int32_t buffer = scratch_of_[op][(*scratch)++];
        return {false, layout_.offsets[index(buffer)], operand.bytes, "scratch"};
      }
      case Operand::Kind::tensor:
        break;
    }
    const TensorId root = roots_[index(operand.tensor)];
    const Tensor& tensor = graph_.tensor(root);
    if (tensor.constant) return add_constant(tensor.data, tensor.name);
    return {false, layout_.offsets[index(buffer_of_[index(root)])],
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
      PlannedState state{tensor.name, layout_.offsets[index(buffer_of_[i])],
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
      ports.push_back({tensor.name, tensor.dtype, tensor.shape, quantised ? tensor.scale() : 0.0f,
                       quantised ? tensor.zero_point() : 0,
                       layout_.offsets[index(buffer_of_[index(roots_[index(id)])])],
                       static_cast<uint32_t>(tensor.byte_size())});
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

  const Graph& graph_;
  const ir::Target& target_;
  Plan plan_;
  std::vector<LoweredOp> lowered_;                // one per node
  std::vector<TensorId> roots_;                   // per tensor
  std::vector<int32_t> buffer_of_;                // per tensor, -1: none
  std::vector<std::vector<int32_t>> scratch_of_;  // per node
  std::vector<Buffer> buffers_;
  std::vector<std::string> labels_;  // of buffers_
  std::vector<Overlap> overlaps_;
  Layout layout_;
  std::map<std::vector<uint8_t>, uint32_t> constant_offsets_;
};

}  // namespace

Plan make_plan(const Graph& graph, const ir::Target& target) {
  return Planner(graph, target).run();
}

}  // namespace mote::plan

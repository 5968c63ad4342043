#include "compiler/plan/arena.hpp"

#include <algorithm>

namespace mote::plan {

using ir::LoweredOp;
using ir::Node;
using ir::Operand;
using ir::Tensor;
using ir::TensorId;

namespace {

template <class Index>
size_t index(Index i) {
  return static_cast<size_t>(i);
}

}  // namespace

ArenaBuffers::ArenaBuffers(const Lowering& lowering, const std::vector<ChainPlan>& chains)
    : lowering_(lowering), graph_(*lowering.graph), chains_(chains) {
  const auto op_count = static_cast<int32_t>(graph_.nodes.size());
  buffer_of_.assign(graph_.tensors.size(), -1);
  chain_of_.assign(graph_.nodes.size(), nullptr);
  for (const ChainPlan& chain : chains_) {
    for (int32_t i = chain.chain().first; i <= chain.chain().last; ++i) {
      chain_of_[index(i)] = &chain;
    }
    for (const BandBuffer& buffer : chain.buffers()) rows_in_[buffer.tensor] = buffer.bytes;
    homes_.insert(chain.homes().begin(), chain.homes().end());
  }
  for (TensorId id : graph_.inputs) touch(id, 0);
  for (size_t i = 0; i < graph_.tensors.size(); ++i) {
    if (!graph_.tensors[i].variable) continue;  // state outlives the inference
    touch(static_cast<TensorId>(i), 0);
    touch(static_cast<TensorId>(i), op_count);
  }
  for (int32_t i = 0; i < op_count; ++i) {
    const Node& node = graph_.nodes[index(i)];
    const ChainPlan* chain = chain_of_[index(i)];
    if (chain != nullptr && chain->chain().first == i) start_chain(*chain);
    for (TensorId id : node.inputs) {
      if (id != ir::no_tensor && !root(id).constant) touch(id, i);
    }
    for (TensorId id : node.outputs) touch(id, i);
  }
  for (TensorId id : graph_.outputs) touch(id, op_count);
  add_scratch();
  for (int32_t i = 0; i < op_count; ++i) {
    if (chain_of_[index(i)] == nullptr) add_overlap(i);
  }
  for (const ChainPlan& chain : chains_) add_chain_overlap(chain);
}

// What lies whole in the arena is read or written in every iteration, as are rows that are kept.
void ArenaBuffers::start_chain(const ChainPlan& chain) {
  const auto [first, last] = std::pair(chain.chain().first, chain.chain().last);
  for (int32_t i = first; i <= last; ++i) {
    for (TensorId id : graph_.nodes[index(i)].inputs) {
      if (id == ir::no_tensor || root(id).constant || in_rows(id)) continue;
      touch(id, first);
      touch(id, last);
    }
  }
  if (chain.sums_bytes() == 0) {
    for (TensorId id : graph_.nodes[index(last)].outputs) touch(id, first);
  }
  for (const BandBuffer& buffer : chain.buffers()) {
    if (buffer.fed || buffer.keeps) touch(buffer.tensor, first);
    if (buffer.keeps) touch(buffer.tensor, last);
  }
}

void ArenaBuffers::add_scratch() {
  scratch_of_.resize(graph_.nodes.size());
  for (int32_t i = 0; i < std::ssize(graph_.nodes); ++i) {
    const std::string label = "scratch of op " + std::to_string(i);
    if (const ChainPlan* chain = chain_of_[index(i)]; chain != nullptr) {
      const bool sums = i == chain->chain().last && chain->sums_bytes() > 0;
      if (sums) {
        sums_of_[chain] = add_buffer(chain->sums_bytes(), chain->chain().first, "sums");
        buffers_.back().last = i;
      }
      const auto bytes = sums ? std::nullopt : chain->scratch_bytes(i);
      if (bytes) scratch_of_[index(i)].push_back(add_buffer(*bytes, i, label));
      continue;
    }
    lowering_.ops[index(i)].for_each_call([&](const LoweredOp& call) {
      for (const Operand& operand : call.operands) {
        if (operand.kind != Operand::Kind::scratch) continue;
        scratch_of_[index(i)].push_back(add_buffer(operand.bytes, i, label));
      }
    });
  }
}

// Makes the tensor's root alive at op `at`.
void ArenaBuffers::touch(TensorId id, int32_t at) {
  int32_t& buffer = buffer_of_[index(home(id))];
  if (buffer < 0) {
    const auto rows = rows_in_.find(home(id));
    const Tensor& tensor = graph_.tensor(home(id));
    buffer = rows == rows_in_.end()
                 ? add_buffer(static_cast<uint32_t>(tensor.byte_size()), at, tensor.name)
                 : add_buffer(rows->second, at, "rows of " + tensor.name);
  }
  Buffer& alive = buffers_[index(buffer)];
  alive.first = std::min(alive.first, at);
  alive.last = std::max(alive.last, at);
}

int32_t ArenaBuffers::add_buffer(uint32_t bytes, int32_t at, const std::string& label) {
  buffers_.push_back({bytes, at, at});
  labels_.push_back(label);
  return static_cast<int32_t>(buffers_.size()) - 1;
}

// Only an input that dies at the op, and isn't read by it a second time, may be overwritten.
void ArenaBuffers::add_overlap(int32_t op) {
  const LoweredOp& lowered = lowering_.ops[index(op)];
  if (lowered.overlap_output < 0) return;
  const Operand& output = lowered.operands.at(index(lowered.overlap_output));
  const Operand& input = lowered.operands.at(index(lowered.overlap_input));
  if (root(input.tensor).constant) return;
  if (root(output.tensor).variable) return;
  const int32_t output_buffer = of_tensor(output.tensor);
  const int32_t input_buffer = of_tensor(input.tensor);
  const auto reads = std::ranges::count_if(lowered.operands, [&](const Operand& operand) {
    return operand.kind == Operand::Kind::tensor && of_tensor(operand.tensor) == input_buffer;
  });
  const bool dies = buffers_[index(input_buffer)].last == op;
  const bool born = buffers_[index(output_buffer)].first == op;
  if (reads == 1 && dies && born)
    overlaps_.push_back({output_buffer, input_buffer, lowered.overlap_lead, lowered.overlap_step});
}

void ArenaBuffers::add_chain_overlap(const ChainPlan& chain) {
  if (!chain.overlap()) return;
  const int32_t output = of_tensor(chain.overlap()->output);
  const int32_t input = of_tensor(chain.overlap()->input);
  const bool dies =
      buffers_[index(input)].last == chain.chain().last && !root(chain.overlap()->input).variable;
  const bool born = buffers_[index(output)].first == chain.chain().first &&
                    !root(chain.overlap()->output).variable;
  if (dies && born) overlaps_.push_back({output, input, chain.overlap()->lead, 1});
}

}  // namespace mote::plan

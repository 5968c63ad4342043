// A chain's kernel calls, iteration by iteration; equal iterations become a loop.

#include <cmath>

#include "compiler/ir/kernel_costs.hpp"
#include "compiler/plan/chain.hpp"

namespace mote::plan {

using ir::LoweredOp;
using ir::Operand;
using ir::Rows;
using ir::TensorId;

namespace {

void set_param(std::vector<ir::Param>& params, std::string_view name, int32_t value) {
  for (ir::Param& param : params) {
    if (param.name == name) param.value = value;
  }
}

int32_t get_param(const std::vector<ir::Param>& params, std::string_view name) {
  for (const ir::Param& param : params) {
    if (param.name == name) return std::get<int32_t>(param.value);
  }
  return -1;
}

// The plan's own kernel that moves bytes to the front.
const ir::KernelInfo& move_kernel() {
  for (const ir::OpDef* op : ir::all_ops()) {
    if (op->traits.role == ir::Role::move) return op->kernels.front();
  }
  throw ir::GraphError("no op of this build moves bytes");
}

bool same_but_for_offsets(const BandCall& a, const BandCall& b) {
  if (a.kernel != b.kernel || a.node != b.node || a.params != b.params ||
      a.operands.size() != b.operands.size()) {
    return false;
  }
  for (size_t k = 0; k < a.operands.size(); ++k) {
    BandOperand moved = b.operands[k];
    moved.offset = a.operands[k].offset;
    if (!(moved == a.operands[k])) return false;
  }
  return true;
}

// Whether b is a, `step` later than the iteration before a was: step[call][operand].
using Steps = std::vector<std::vector<uint32_t>>;

std::optional<Steps> steps_between(const std::vector<BandCall>& a, const std::vector<BandCall>& b) {
  if (a.size() != b.size()) return std::nullopt;
  Steps steps;
  for (size_t c = 0; c < a.size(); ++c) {
    if (!same_but_for_offsets(a[c], b[c])) return std::nullopt;
    std::vector<uint32_t>& own = steps.emplace_back();
    for (size_t k = 0; k < a[c].operands.size(); ++k) {
      if (b[c].operands[k].offset < a[c].operands[k].offset) return std::nullopt;
      own.push_back(b[c].operands[k].offset - a[c].operands[k].offset);
    }
  }
  return steps;
}

}  // namespace

BandCalls ChainPlan::calls() const {
  std::vector<std::vector<BandCall>> all;
  for (int32_t i = 0; i < schedule_->iterations(); ++i) all.push_back(iteration(i));
  BandCalls result;
  for (size_t i = 0; i < all.size();) {
    size_t times = 1;
    std::optional<Steps> steps;
    for (; i + times < all.size(); ++times) {
      const auto next = steps_between(all[i + times - 1], all[i + times]);
      if (!next || (steps && *steps != *next)) break;
      steps = next;
    }
    // A pair saves little and loses what it could have been part of.
    if (times < 3) {
      times = 1;
    } else {
      result.loops.push_back({result.calls.size(), all[i].size(), static_cast<int32_t>(times)});
      for (size_t c = 0; c < all[i].size(); ++c) {
        for (size_t k = 0; k < all[i][c].operands.size(); ++k) {
          all[i][c].operands[k].step = (*steps)[c][k];
        }
      }
    }
    result.calls.insert(result.calls.end(), all[i].begin(), all[i].end());
    i += times;
  }
  if (!layers_.back().sums) return result;
  const ir::Node& node = graph().nodes[size_t(chain_.last)];
  const LoweredOp finish = ir::find_op(node.op).sums->finish(graph(), node);
  const auto bytes = static_cast<uint32_t>(graph().tensor(node.outputs[0]).byte_size());
  result.calls.push_back(sums_call(finish, chain_.last, 0, bytes));
  return result;
}

std::vector<BandCall> ChainPlan::iteration(int32_t i) const {
  std::vector<BandCall> calls;
  for (size_t s = 0; s < layers_.size(); ++s) {
    if (auto call = stage_call(s, i)) calls.push_back(std::move(*call));
  }
  for (size_t t = 0; t < tensors_.size(); ++t) {
    if (auto call = move_call(t, i)) calls.push_back(std::move(*call));
  }
  return calls;
}

std::optional<BandCall> ChainPlan::stage_call(size_t s, int32_t i) const {
  const Layer& layer = layers_[s];
  const RowStage& stage = rows_.stages[s];
  const RowRange made = schedule_->rows(s, i);
  if (made.count() == 0) return std::nullopt;
  const auto bytes_of = [&](int32_t tensor, int32_t count) {
    return static_cast<uint32_t>(count) * row_bytes_[size_t(tensor)];
  };
  const auto rows_of = [&](int32_t tensor, RowRange range) {
    return BandOperand{BandOperand::Kind::tensor,
                       tensors_[size_t(home(tensor))],
                       nullptr,
                       offset_of_row(tensor, range.first, i),
                       bytes_of(tensor, range.count()),
                       0};
  };
  if (layer.node < 0) return BandCall{nullptr, chain_.first, {}, {rows_of(stage.output, made)}};
  if (layer.sums) {
    const ir::Node& node = graph().nodes[size_t(layer.node)];
    const int32_t x = stage.inputs[0].tensor;
    const LoweredOp add =
        ir::find_op(node.op).sums->add(graph(), node, made.count(), made.first == 0);
    return sums_call(add, layer.node, offset_of_row(x, made.first, i), bytes_of(x, made.count()));
  }
  const LoweredOp& op = lowering_->ops[size_t(layer.node)];
  BandCall call{op.kernel, layer.node, op.params, {}};
  for (const Operand& operand : op.operands) {
    const bool tensor = operand.kind == Operand::Kind::tensor;
    if (operand.kind == Operand::Kind::scratch) {
      call.operands.push_back({BandOperand::Kind::scratch, ir::no_tensor, nullptr, 0,
                               scratch_bytes(layer.node).value_or(0), 0});
    } else {
      const uint32_t bytes = tensor
                                 ? static_cast<uint32_t>(graph().tensor(operand.tensor).byte_size())
                                 : static_cast<uint32_t>(operand.data.size());
      call.operands.push_back({BandOperand::Kind::constant, ir::no_tensor, &operand, 0, bytes, 0});
    }
  }
  for (size_t k = 0; k < layer.inputs.size(); ++k) {
    call.operands[layer.inputs[k]] = rows_of(stage.inputs[k].tensor, schedule_->reads(s, k, i));
  }
  call.operands[layer.output] = rows_of(stage.output, made);
  if (layer.rows == Rows::windows) {
    set_param(call.params, "in_h", schedule_->reads(s, 0, i).count());
    set_param(call.params, "out_h", made.count());
    set_param(call.params, "pad_top", schedule_->pad_top(s, 0, i));
    return call;
  }
  const int32_t height = rows_.tensors[size_t(stage.output)].height;
  const std::string_view name = element_count_param(op.params);
  const int32_t count = get_param(op.params, name);
  const int32_t part = count / height * made.count();
  if (get_param(op.params, "b_count") == count) set_param(call.params, "b_count", part);
  set_param(call.params, name, part);
  return call;
}

std::string_view element_count_param(const std::vector<ir::Param>& params) {
  if (get_param(params, "count") >= 1) return "count";
  const bool flat =
      get_param(params, "n0") == 1 && get_param(params, "n1") == 1 && get_param(params, "n2") == 1;
  return flat ? "n3" : "";
}

// The sums' operand is scratch in the lowered call; its tensor gets `offset` and `bytes`.
BandCall ChainPlan::sums_call(const LoweredOp& lowered, int32_t node, uint32_t offset,
                              uint32_t bytes) const {
  BandCall call{lowered.kernel, node, lowered.params, {}};
  for (const Operand& operand : lowered.operands) {
    if (operand.kind == Operand::Kind::scratch) {
      call.operands.push_back({BandOperand::Kind::sums, ir::no_tensor, nullptr, 0, sums_bytes_, 0});
    } else {
      call.operands.push_back(
          {BandOperand::Kind::tensor, lowering_->root(operand.tensor), nullptr, offset, bytes, 0});
    }
  }
  return call;
}

std::optional<BandCall> ChainPlan::move_call(size_t t, int32_t i) const {
  const auto tensor = static_cast<int32_t>(t);
  if (rows_.tensors[t].whole || home(tensor) != tensor) return std::nullopt;
  const int32_t kept = schedule_->kept(tensor, i);
  if (kept == 0) return std::nullopt;
  const int32_t front = schedule_->front(tensor, i + 1);
  const uint32_t from = offset_of_row(tensor, front, i);
  if (from == 0) return std::nullopt;
  const uint32_t bytes = static_cast<uint32_t>(kept) * row_bytes_[t];
  const BandOperand::Kind kind = BandOperand::Kind::tensor;
  const int32_t producer = graph().producer(tensors_[t]);
  return BandCall{
      &move_kernel(),
      producer < 0 ? chain_.first : producer,
      {{"count", static_cast<int32_t>(bytes)}},
      {{kind, tensors_[t], nullptr, from, bytes, 0}, {kind, tensors_[t], nullptr, 0, bytes, 0}}};
}

int64_t ChainPlan::instructions(BandCosts& costs) const {
  constexpr int64_t call_cost = 60;  // call, operands, loop
  int64_t sum = 0;
  for (int32_t i = 0; i < schedule_->iterations(); ++i) {
    for (size_t s = 0; s < layers_.size(); ++s) {
      const int32_t rows = schedule_->rows(s, i).count();
      if (rows == 0) continue;
      const RowStage& stage = rows_.stages[s];
      const int32_t tensor = stage.output < 0 ? stage.inputs[0].tensor : stage.output;
      const int64_t bytes = int64_t{rows} * row_bytes_[size_t(tensor)];
      sum += call_cost;
      // What the caller does to bring rows is its affair; a copy is what it does at least.
      if (layers_[s].node < 0)
        sum += bytes / 2;
      else if (layers_[s].sums)
        sum += bytes * 6;
      else
        sum += costs.instructions(layers_[s].node, rows);
    }
    for (size_t t = 0; t < tensors_.size(); ++t) {
      if (rows_.tensors[t].whole) continue;
      const int64_t kept = schedule_->kept(static_cast<int32_t>(t), i);
      if (kept > 0) sum += call_cost + kept * row_bytes_[t] * 7 / 8;
    }
  }
  return sum;
}

int64_t BandCosts::instructions(int32_t node, int32_t rows) {
  const auto [known, unknown] = known_.try_emplace({node, rows}, 0);
  if (!unknown) return known->second;
  const ir::Graph& graph = *lowering_.graph;
  auto [found, added] = alone_.try_emplace(node);
  ir::Graph& alone = found->second;
  if (added) {
    ir::Node copy = graph.nodes[size_t(node)];
    for (ir::TensorId& id : copy.inputs) {
      if (id != ir::no_tensor) id = alone.add_tensor(graph.tensor(id));
    }
    for (ir::TensorId& id : copy.outputs) id = alone.add_tensor(graph.tensor(id));
    alone.nodes.push_back(std::move(copy));
  }
  const ir::Node& own = alone.nodes.front();
  const ir::Shape& full = graph.tensor(graph.nodes[size_t(node)].outputs[0]).shape;
  for (const ir::TensorId id : own.inputs) {
    if (id == ir::no_tensor || alone.tensor(id).constant) continue;
    ir::Shape& shape = alone.tensor(id).shape;
    if (shape.size() == 4 && (shape == full || shape[1] == full[1])) shape[1] = rows;
  }
  alone.tensor(own.outputs[0]).shape[1] = rows;
  const ir::KernelInfo& kernel = *lowering_.ops[size_t(node)].kernel;
  known->second = std::llround(ir::cost_of(alone, own, kernel, lowering_.costs));
  for (size_t k = 0; k < own.inputs.size(); ++k) {
    if (own.inputs[k] == ir::no_tensor) continue;
    alone.tensor(own.inputs[k]).shape = graph.tensor(graph.nodes[size_t(node)].inputs[k]).shape;
  }
  return known->second;
}

}  // namespace mote::plan

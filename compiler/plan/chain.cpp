// What a chain is made of, and the memory that it needs.

#include "compiler/plan/chain.hpp"

#include <bit>

namespace mote::plan {

using ir::LoweredOp;
using ir::Node;
using ir::Operand;
using ir::Rows;
using ir::Tensor;
using ir::TensorId;

namespace {

// An image of its own rows: [1, h, w, c].
bool is_image(const Tensor& tensor) {
  return tensor.shape.size() == 4 && tensor.shape[0] == 1 && !tensor.variable;
}

int32_t param(const LoweredOp& op, std::string_view name, int32_t fallback) {
  for (const ir::Param& p : op.params) {
    if (p.name == name) return std::get<int32_t>(p.value);
  }
  return fallback;
}

RowWindow window_of(const LoweredOp& op) {
  const int32_t kernel = param(op, "kernel_h", param(op, "filter_h", 1));
  return {(kernel - 1) * param(op, "dilation_h", 1) + 1, param(op, "stride_h", 1),
          param(op, "pad_top", 0)};
}

// The smallest `bytes[index]` that the kernel's check accepts with these params.
uint32_t least_scratch(const LoweredOp& op, const std::vector<ir::Param>& params, size_t index) {
  std::vector<uint32_t> words;
  for (const ir::Param& p : params) {
    words.push_back(std::visit([](auto v) { return std::bit_cast<uint32_t>(v); }, p.value));
  }
  std::vector<uint32_t> bytes(op.operands.size(), UINT32_MAX / 2);
  uint32_t low = 0, high = op.operands[index].bytes;
  while (low < high) {
    bytes[index] = low + (high - low) / 2;
    if (op.kernel->entry.check(words.data(), bytes.data()) == Status::ok) {
      high = bytes[index];
    } else {
      low = bytes[index] + 1;
    }
  }
  return high;
}

}  // namespace

std::optional<ChainPlan> ChainPlan::make(const Lowering& lowering, const Chain& chain) {
  ChainPlan plan(lowering, chain);
  if (!plan.describe()) return std::nullopt;
  plan.schedule_ = RowSchedule::make(plan.rows_, chain.band);
  if (!plan.schedule_) return std::nullopt;
  plan.find_homes();
  if (!plan.aligned()) return std::nullopt;
  plan.measure_buffers();
  if (!plan.measure_scratch()) return std::nullopt;
  plan.find_overlap();
  return plan;
}

bool ChainPlan::describe() {
  if (chain_.last < chain_.first) return false;
  if (chain_.fed) {
    const TensorId input = graph().inputs.front();
    if (graph().inputs.size() != 1 || !is_image(graph().tensor(input))) return false;
    rows_.stages.push_back({{}, tensor_index(input)});
    layers_.push_back({});
  }
  for (int32_t node = chain_.first; node <= chain_.last; ++node) {
    if (!(node == chain_.last && add_sums(node)) && !add_layer(node)) return false;
  }
  // What nobody in the chain makes lies whole in the arena, and so does what leaves it.
  for (RowTensor& tensor : rows_.tensors) tensor.whole = true;
  for (size_t s = 0; s < rows_.stages.size(); ++s) {
    if (layers_[s].node == chain_.last || rows_.stages[s].output < 0) continue;
    rows_.tensors[size_t(rows_.stages[s].output)].whole = false;
  }
  return closed();
}

int32_t ChainPlan::tensor_index(TensorId id) {
  const TensorId root = lowering_->root(id);
  const auto found = std::ranges::find(tensors_, root);
  if (found != tensors_.end()) return static_cast<int32_t>(found - tensors_.begin());
  const Tensor& tensor = graph().tensor(id);
  tensors_.push_back(root);
  rows_.tensors.push_back({tensor.shape[1], true});
  row_bytes_.push_back(static_cast<uint32_t>(tensor.byte_size() / tensor.shape[1]));
  return static_cast<int32_t>(tensors_.size()) - 1;
}

bool ChainPlan::add_layer(int32_t node) {
  const LoweredOp& op = lowering_->ops[size_t(node)];
  const Rows rows = ir::find_op(graph().nodes[size_t(node)].op).traits.rows;
  if (op.kernel == nullptr || !op.then.empty() || rows == Rows::none) return false;
  if (rows == Rows::elements && element_count_param(op.params).empty()) return false;
  const Tensor& made = graph().tensor(graph().nodes[size_t(node)].outputs[0]);
  Layer layer{node, rows, false, {}, 0};
  RowStage stage;
  const RowWindow window = rows == Rows::windows ? window_of(op) : RowWindow{};
  const Tensor* y = nullptr;
  for (size_t k = 0; k < op.operands.size(); ++k) {
    const Operand& operand = op.operands[k];
    if (operand.kind != Operand::Kind::tensor) continue;
    const Tensor& root = lowering_->root_tensor(operand.tensor);
    if (root.constant) {
      // Bands would need its rows, as of the other inputs.
      if (rows == Rows::elements && root.elements() == made.elements()) return false;
      continue;
    }
    const Tensor& tensor = graph().tensor(operand.tensor);
    if (!is_image(tensor)) return false;
    if (k < op.kernel->entry.reads) {
      layer.inputs.push_back(k);
      stage.inputs.push_back({tensor_index(operand.tensor), window});
      continue;
    }
    if (y != nullptr) return false;
    y = &tensor;
    layer.output = k;
    stage.output = tensor_index(operand.tensor);
  }
  if (y == nullptr || layer.inputs.empty()) return false;
  if (rows == Rows::windows && layer.inputs.size() != 1) return false;
  for (const RowInput& input : stage.inputs) {
    const bool same = graph().tensor(tensors_[size_t(input.tensor)]).byte_size() == y->byte_size();
    if (rows == Rows::elements && !same) return false;
  }
  rows_.stages.push_back(std::move(stage));
  layers_.push_back(std::move(layer));
  return true;
}

bool ChainPlan::add_sums(int32_t node) {
  const Node& own = graph().nodes[size_t(node)];
  const ir::RowSums* sums = ir::find_op(own.op).sums;
  if (sums == nullptr || !sums->fits(graph(), own) || node == chain_.first) return false;
  if (!is_image(graph().tensor(own.inputs[0]))) return false;
  rows_.stages.push_back({{{tensor_index(own.inputs[0]), {}}}, -1});
  layers_.push_back({node, Rows::none, true, {0}, 0});
  return true;
}

// Whether nothing that is made inside, but for the last node's output, is seen outside.
bool ChainPlan::closed() const {
  for (size_t t = 0; t < tensors_.size(); ++t) {
    if (rows_.tensors[t].whole) continue;
    for (size_t i = 0; i < graph().tensors.size(); ++i) {
      const auto id = static_cast<TensorId>(i);
      if (lowering_->root(id) != tensors_[t]) continue;
      if (id != tensors_[t] || graph().is_output(id) || graph().tensor(id).variable) return false;
      for (const int32_t reader : graph().consumers(id)) {
        if (reader < chain_.first || reader > chain_.last) return false;
      }
    }
  }
  return true;
}

// An element-wise layer works in place: where it alone reads an input, and nothing of that stays
// for the next iteration, the input's rows are made where the output's will be.
void ChainPlan::find_homes() {
  for (size_t t = 0; t < tensors_.size(); ++t) home_.push_back(static_cast<int32_t>(t));
  for (size_t s = layers_.size(); s-- > 0;) {
    if (layers_[s].rows != Rows::elements) continue;
    const int32_t output = rows_.stages[s].output;
    for (const RowInput& input : rows_.stages[s].inputs) {
      const auto t = static_cast<size_t>(input.tensor);
      int64_t readers = 0;
      for (const RowStage& stage : rows_.stages) {
        readers += std::ranges::count(stage.inputs, input.tensor, &RowInput::tensor);
      }
      const bool fed = chain_.fed && t == 0;
      if (rows_.tensors[t].whole || fed || readers != 1 || schedule_->keeps_any(input.tensor) ||
          row_bytes_[t] != row_bytes_[size_t(output)]) {
        continue;
      }
      home_[t] = home(output);
      homes_[tensors_[t]] = tensors_[size_t(home(output))];
      break;
    }
  }
}

// The virtual machine wants operands that begin at words.
bool ChainPlan::aligned() const {
  for (int32_t i = 0; i < schedule_->iterations(); ++i) {
    for (size_t s = 0; s < layers_.size(); ++s) {
      const RowRange made = schedule_->rows(s, i);
      if (made.count() == 0) continue;
      const RowStage& stage = rows_.stages[s];
      if (stage.output >= 0 && offset_of_row(stage.output, made.first, i) % 4 != 0) return false;
      for (size_t k = 0; k < stage.inputs.size(); ++k) {
        const int32_t first = schedule_->reads(s, k, i).first;
        if (offset_of_row(stage.inputs[k].tensor, first, i) % 4 != 0) return false;
      }
    }
    for (size_t t = 0; t < tensors_.size(); ++t) {
      if (rows_.tensors[t].whole || schedule_->kept(int32_t(t), i) == 0) continue;
      const int32_t first = schedule_->front(int32_t(t), i + 1);
      if (offset_of_row(int32_t(t), first, i) % 4 != 0) return false;
    }
  }
  return true;
}

uint32_t ChainPlan::offset_of_row(int32_t tensor, int32_t row, int32_t i) const {
  tensor = home(tensor);
  const bool whole = rows_.tensors[size_t(tensor)].whole;
  const int32_t from = whole ? row : row - schedule_->front(tensor, i);
  return static_cast<uint32_t>(from) * row_bytes_[size_t(tensor)];
}

void ChainPlan::measure_buffers() {
  for (size_t t = 0; t < tensors_.size(); ++t) {
    const auto tensor = static_cast<int32_t>(t);
    if (rows_.tensors[t].whole || home(tensor) != tensor) continue;
    buffers_.push_back({tensors_[t], static_cast<uint32_t>(schedule_->held(tensor)) * row_bytes_[t],
                        schedule_->keeps_any(tensor), chain_.fed && t == 0});
  }
}

bool ChainPlan::measure_scratch() {
  scratch_.assign(size_t(chain_.last - chain_.first) + 1, std::nullopt);
  for (size_t s = 0; s < layers_.size(); ++s) {
    const Layer& layer = layers_[s];
    if (layer.node < 0) continue;
    const Node& node = graph().nodes[size_t(layer.node)];
    if (layer.sums) {
      const LoweredOp add = ir::find_op(node.op).sums->add(graph(), node, 1, true);
      for (const Operand& operand : add.operands)
        sums_bytes_ = std::max(sums_bytes_, operand.bytes);
      continue;
    }
    const LoweredOp& op = lowering_->ops[size_t(layer.node)];
    const auto own = std::ranges::find(op.operands, Operand::Kind::scratch, &Operand::kind);
    if (own == op.operands.end()) continue;
    if (std::ranges::count(op.operands, Operand::Kind::scratch, &Operand::kind) > 1) return false;
    uint32_t bytes = 0;
    RowRange last;  // scratch depends on how many rows there are, which is mostly the same
    for (int32_t i = 0; i < schedule_->iterations(); ++i) {
      const RowRange made = schedule_->rows(s, i);
      if (made.count() == 0 || made.count() == last.count()) continue;
      last = made;
      const auto index = static_cast<size_t>(own - op.operands.begin());
      bytes = std::max(bytes, least_scratch(op, stage_call(s, i)->params, index));
    }
    scratch_[size_t(layer.node - chain_.first)] = bytes;
  }
  return true;
}

// Only an input that the chain reads alone and last may be overwritten by its output; the planner
// looks at that. Here is how far apart they have to be: what an iteration has written ends before
// what later ones read, and, where the last layer itself reads the input, before what it reads.
void ChainPlan::find_overlap() {
  const RowStage& last = rows_.stages.back();
  if (last.output < 0) return;
  int32_t input = -1;
  for (const RowStage& stage : rows_.stages) {
    for (const RowInput& from : stage.inputs) {
      if (!rows_.tensors[size_t(from.tensor)].whole) continue;
      if (input >= 0 && input != from.tensor) return;
      input = from.tensor;
    }
  }
  if (input < 0) return;
  // Whether the output's rows are written while this iteration still reads. Element by element
  // that does no harm.
  const bool early = std::ranges::any_of(
      homes_, [&](const auto& h) { return h.second == tensors_[size_t(last.output)]; });
  const bool direct = early || (layers_.back().rows != Rows::elements &&
                                std::ranges::count(last.inputs, input, &RowInput::tensor) > 0);
  const int64_t y_row = row_bytes_[size_t(last.output)], x_row = row_bytes_[size_t(input)];
  const int32_t height = rows_.tensors[size_t(input)].height;
  int64_t lead = 0;
  for (int32_t i = 0; i < schedule_->iterations(); ++i) {
    const RowRange made = schedule_->rows(layers_.size() - 1, i);
    const int64_t written = made.count() > 0 ? made.end * y_row : 0;
    const bool more = direct || i + 1 < schedule_->iterations();
    if (!more) break;
    const int32_t read = schedule_->first_read(input, direct ? i : i + 1);
    if (read < height) lead = std::max(lead, written - read * x_row);
  }
  overlap_ = {tensors_[size_t(last.output)], tensors_[size_t(input)], static_cast<uint32_t>(lead)};
}

}  // namespace mote::plan

#include "compiler/quantize/groups.hpp"

#include <algorithm>

#include "compiler/ir/op.hpp"

namespace mote::quantize {
namespace {

using ir::Graph;
using ir::Node;
using ir::QuantizationRule;
using ir::TensorId;
using Output = QuantizationRule::Output;

size_t index(TensorId id) {
  return static_cast<size_t>(id);
}

bool is_real(const Graph& graph, TensorId id) {
  return id != ir::no_tensor && graph.tensor(id).dtype == ir::DType::f32;
}

ValueRange range_of_constant(const ir::Tensor& tensor) {
  const auto values = tensor.values<float>();
  const auto [low, high] = std::ranges::minmax(values);
  return {low, high, true};
}

}  // namespace

bool quantizable(const Graph& graph, const Node& node) {
  return ir::find_op(node.op).quantization.output != Output::real && !node.inputs.empty() &&
         is_real(graph, node.inputs[0]);
}

ir::Quantization quantization_for(const ValueRange& range, ir::DType dtype) {
  if (dtype == ir::DType::i16) return {{symmetric_s16_scale(range)}, {0}, -1};
  const AffineInt8 grid = affine_for(range);
  return {{grid.scale}, {grid.zero_point}, -1};
}

RangeGroups::RangeGroups(const Graph& graph)
    : graph_(graph),
      parent_(graph.tensors.size()),
      fixed_(graph.tensors.size(), nullptr),
      derived_(graph.tensors.size(), false),
      constants_(graph.tensors.size()) {
  for (size_t t = 0; t < parent_.size(); ++t) parent_[t] = static_cast<TensorId>(t);
  for (const Node& node : graph.nodes) {
    if (!quantizable(graph, node)) continue;
    const QuantizationRule& rule = ir::find_op(node.op).quantization;
    switch (rule.output) {
      case Output::as_input:
        follow_input(node);
        break;
      case Output::shared:
        share(node);
        break;
      case Output::fixed:
        fixed_[index(node.outputs.at(0))] = &rule;
        break;
      case Output::real:
      case Output::own_range:
      case Output::measure:
        break;
    }
  }
}

TensorId RangeGroups::root(TensorId id) const {
  while (parent_[index(id)] != id) id = parent_[index(id)];
  return id;
}

void RangeGroups::unite(TensorId a, TensorId b) {
  const TensorId to = root(a), from = root(b);
  parent_[index(from)] = to;
  if (fixed_[index(to)] == nullptr) fixed_[index(to)] = fixed_[index(from)];
}

void RangeGroups::add_constants(const Node& node, TensorId member) {
  for (TensorId id : node.inputs) {
    if (is_real(graph_, id) && graph_.tensor(id).constant) constants_[index(member)].push_back(id);
  }
}

void RangeGroups::follow_input(const Node& node) {
  for (TensorId id : node.outputs) {
    derived_[index(id)] = true;
    if (!graph_.tensor(node.inputs[0]).constant) unite(node.inputs[0], id);
  }
  add_constants(node, node.outputs.at(0));
}

// Values on a fixed grid don't widen it for others: they are converted. If all inputs are on the
// same one, so is the output.
void RangeGroups::share(const Node& node) {
  const TensorId y = node.outputs.at(0);
  const auto fixed_at = [&](TensorId id) { return fixed_[index(root(id))]; };
  const QuantizationRule* common = nullptr;
  bool agree = true;
  for (TensorId id : node.inputs) {
    if (!is_real(graph_, id) || graph_.tensor(id).constant) {
      agree = false;
      continue;
    }
    const QuantizationRule* rule = fixed_at(id);
    agree = agree && rule != nullptr &&
            (common == nullptr ||
             (rule->scale == common->scale && rule->zero_point == common->zero_point));
    if (rule != nullptr) common = rule;
  }
  for (TensorId id : node.inputs) {
    if (!is_real(graph_, id) || graph_.tensor(id).constant) continue;
    if (agree || fixed_at(id) == nullptr) unite(id, y);
  }
  derived_[index(y)] = root(y) != y;  // else the output's own values decide
  add_constants(node, y);
}

bool RangeGroups::needs_range(TensorId id) const {
  const ir::Tensor& tensor = graph_.tensor(id);
  return tensor.dtype == ir::DType::f32 && !tensor.constant && !derived_[index(id)] &&
         fixed_[index(root(id))] == nullptr;
}

ir::Quantization RangeGroups::quantization(TensorId id, ir::DType dtype,
                                           const Ranges& ranges) const {
  const TensorId group = root(id);
  if (const QuantizationRule* rule = fixed_[index(group)]) {
    if (dtype == ir::DType::i16) return {{rule->scale_s16}, {0}, -1};
    return {{rule->scale}, {rule->zero_point}, -1};
  }
  const auto& measured = dtype == ir::DType::i16 ? ranges.wide : ranges.narrow;
  ValueRange range;
  for (size_t t = 0; t < parent_.size(); ++t) {
    const auto member = static_cast<TensorId>(t);
    if (root(member) != group) continue;
    for (TensorId constant : constants_[t])
      range.include(range_of_constant(graph_.tensor(constant)));
    if (derived_[t] || graph_.tensor(member).constant) continue;
    if (t >= measured.size() || !measured[t].seen) {
      throw ir::GraphError("tensor '" + graph_.tensor(member).name + "' has no measured range");
    }
    range.include(measured[t]);
  }
  if (!range.seen) {
    throw ir::GraphError("tensor '" + graph_.tensor(id).name + "' has no measured range");
  }
  return quantization_for(range, dtype);
}

}  // namespace mote::quantize

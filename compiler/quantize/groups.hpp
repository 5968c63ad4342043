// Which tensors of a float graph share scale and zero point once they are integers, and which
// scale and zero point that is.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/quantization_rule.hpp"
#include "compiler/quantize/grid.hpp"

namespace mote::quantize {

// Ranges of activations by tensor; those of tensors that have none are not seen.
struct Ranges {
  std::vector<ValueRange> narrow;  // for int8, which may clip outliers
  std::vector<ValueRange> wide;    // for int16, which needn't
};

// Whether the op rules have an integer form for the node and its values are floats.
bool quantizable(const ir::Graph& graph, const ir::Node& node);

// Whether the rule's input is symmetric weights.
inline bool is_weights(const ir::QuantizationRule& rule, size_t input) {
  const auto at = static_cast<int32_t>(input);
  return rule.weights >= 0 && (at == rule.weights || (at > rule.weights && at < rule.bias));
}

inline bool is_bias(const ir::QuantizationRule& rule, size_t input) {
  const auto at = static_cast<int32_t>(input);
  return rule.bias >= 0 && at >= rule.bias && at < rule.bias + rule.biases;
}

// Scale and zero point of constant operands that are neither weights nor biases, and of
// activations, in a type.
ir::Quantization quantization_for(const ValueRange& range, ir::DType dtype);

class RangeGroups {
 public:
  explicit RangeGroups(const ir::Graph& graph);

  bool same(ir::TensorId a, ir::TensorId b) const { return root(a) == root(b); }
  // Tensors whose measured ranges decide: neither copies of others nor of an op's fixed range.
  bool needs_range(ir::TensorId id) const;
  // dtype: i8 or i16. Throws ir::GraphError naming a tensor whose range is not known.
  ir::Quantization quantization(ir::TensorId id, ir::DType dtype, const Ranges& ranges) const;

 private:
  ir::TensorId root(ir::TensorId id) const;
  void unite(ir::TensorId a, ir::TensorId b);
  void follow_input(const ir::Node& node);
  void share(const ir::Node& node);
  // Constants that lie on the group's grid.
  void add_constants(const ir::Node& node, ir::TensorId member);

  const ir::Graph& graph_;
  std::vector<ir::TensorId> parent_;                  // by tensor
  std::vector<const ir::QuantizationRule*> fixed_;    // by root: its fixed range, if any
  std::vector<bool> derived_;                         // by tensor: a copy of others' values
  std::vector<std::vector<ir::TensorId>> constants_;  // by member
};

}  // namespace mote::quantize

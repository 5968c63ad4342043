// What the host halves of many ops need: operands by position, with a reason when they are missing
// or not what the op takes.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "compiler/ir/op.hpp"

namespace mote::shared {

inline int64_t no_macs(const ir::Graph&, const ir::Node&) {
  return 0;
}

// Traits of functions of one or more elements at the same place.
constexpr ir::OpTraits elementwise{.axes = ir::AxisRule::pointwise, .stored = ir::StoredForm::free};

inline const ir::Tensor& input(const ir::Graph& graph, const ir::Node& node, size_t index) {
  ir::require(index < node.inputs.size() && node.inputs[index] != ir::no_tensor, node,
              "input " + std::to_string(index) + " is missing");
  return graph.tensor(node.inputs[index]);
}

inline const ir::Tensor& output(const ir::Graph& graph, const ir::Node& node, size_t index = 0) {
  return graph.tensor(node.outputs.at(index));
}

// Values of an input that says how the op works (axes, sizes): a constant int32 or int64.
inline std::vector<int32_t> constant_ints(const ir::Graph& graph, const ir::Node& node,
                                          size_t index) {
  const ir::Tensor& tensor = input(graph, node, index);
  ir::require(tensor.constant && (tensor.dtype == ir::DType::i32 || tensor.dtype == ir::DType::i64),
              node, "input '" + tensor.name + "' must be constant integers");
  if (tensor.dtype == ir::DType::i32) {
    const auto values = tensor.values<int32_t>();
    return {values.begin(), values.end()};
  }
  std::vector<int32_t> narrow;
  for (int64_t value : tensor.values<int64_t>()) {
    ir::require(value >= INT32_MIN && value <= INT32_MAX, node,
                "'" + tensor.name + "' holds " + std::to_string(value));
    narrow.push_back(static_cast<int32_t>(value));
  }
  return narrow;
}

// An axis that may count from the end, as an index below `rank`.
inline size_t axis_index(const ir::Node& node, int64_t axis, size_t rank) {
  const int64_t from_start = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
  ir::require(from_start >= 0 && from_start < static_cast<int64_t>(rank), node,
              "axis " + std::to_string(axis) + " of a tensor of rank " + std::to_string(rank));
  return static_cast<size_t>(from_start);
}

// Distance between neighbours on each axis of a dense tensor, in elements.
inline std::vector<int64_t> dense_strides(const ir::Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

// Clamp of a fused activation in float; without one the range of all finite numbers.
struct FloatRange {
  float min = std::numeric_limits<float>::lowest();
  float max = std::numeric_limits<float>::max();
};
inline FloatRange float_activation(const ir::Node& node) {
  const std::string activation = node.text("activation", "none");
  FloatRange range;
  if (activation == "relu" || activation == "relu6") range.min = 0;
  if (activation == "relu6") range.max = 6;
  if (activation == "relu_n1_to_1") range = {-1, 1};
  return range;
}

inline void require_same_quantization(const ir::Node& node, const ir::Tensor& x,
                                      const ir::Tensor& y) {
  if (x.dtype == ir::DType::f32 || x.quantization.empty() || y.quantization.empty()) return;
  ir::require(x.scale() == y.scale() && x.zero_point() == y.zero_point(), node,
              "'" + x.name + "' and '" + y.name + "' must have the same quantisation");
}

}  // namespace mote::shared

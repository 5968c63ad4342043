// Orders of axes, as transposes have them: order[k] is the axis of the input that becomes axis k of
// the output.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::passes {

using AxisOrder = std::vector<int32_t>;

// first, then second: both as one order.
AxisOrder composed(const AxisOrder& first, const AxisOrder& second);
AxisOrder inverse(const AxisOrder& order);
bool is_identity(const AxisOrder& order);
ir::Shape permuted(const ir::Shape& shape, const AxisOrder& order);

// Whether the values keep their places in memory, since all axes longer than 1 keep their sequence.
bool moves_nothing(const ir::Shape& shape, const AxisOrder& order);

// A constant's values with their axes in this order.
ir::Tensor permuted(const ir::Tensor& constant, const AxisOrder& order);

// A constant [rank, ...] with row rows[k] as row k.
ir::Tensor with_rows(const ir::Tensor& table, const AxisOrder& rows);
// A constant [..., columns] with column i as column to[i].
ir::Tensor with_columns(const ir::Tensor& table, const AxisOrder& to);

// For each element of a tensor of `shape` transposed by `order`: its index in the tensor itself.
std::vector<int32_t> source_indices(const ir::Shape& shape, const AxisOrder& order);

// A transpose and a reshape after it, as a transpose `before` within joined axes, a reshape to
// `shape`, and a transpose `after`.
struct ReshapedOrder {
  AxisOrder before;
  ir::Shape shape;
  AxisOrder after;
};

// shape: that of the tensor before the transpose; target: that after the reshape. Nothing when no
// transpose would come after.
std::optional<ReshapedOrder> through_reshape(const ir::Shape& shape, const AxisOrder& order,
                                             const ir::Shape& target);

}  // namespace mote::passes

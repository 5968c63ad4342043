#include "compiler/passes/axis_order.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace mote::passes {

using ir::Shape;

AxisOrder composed(const AxisOrder& first, const AxisOrder& second) {
  AxisOrder both;
  for (const int32_t axis : second) both.push_back(first.at(static_cast<size_t>(axis)));
  return both;
}

AxisOrder inverse(const AxisOrder& order) {
  AxisOrder back(order.size());
  for (size_t k = 0; k < order.size(); ++k) {
    back.at(static_cast<size_t>(order[k])) = static_cast<int32_t>(k);
  }
  return back;
}

bool is_identity(const AxisOrder& order) {
  return std::ranges::is_sorted(order);
}

Shape permuted(const Shape& shape, const AxisOrder& order) {
  Shape result;
  for (const int32_t axis : order) result.push_back(shape.at(static_cast<size_t>(axis)));
  return result;
}

bool moves_nothing(const Shape& shape, const AxisOrder& order) {
  AxisOrder longer;
  for (const int32_t axis : order) {
    if (shape.at(static_cast<size_t>(axis)) != 1) longer.push_back(axis);
  }
  return std::ranges::is_sorted(longer);
}

std::vector<int32_t> source_indices(const Shape& shape, const AxisOrder& order) {
  std::vector<int32_t> strides(shape.size(), 1);
  for (size_t k = shape.size(); k-- > 1;) strides[k - 1] = strides[k] * shape[k];
  std::vector<int32_t> sources{0};
  for (const int32_t axis : order) {  // from the outermost axis of the result inwards
    std::vector<int32_t> finer;
    finer.reserve(sources.size() * static_cast<size_t>(shape[static_cast<size_t>(axis)]));
    for (const int32_t from : sources) {
      for (int32_t i = 0; i < shape[static_cast<size_t>(axis)]; ++i) {
        finer.push_back(from + i * strides[static_cast<size_t>(axis)]);
      }
    }
    sources = std::move(finer);
  }
  return sources;
}

ir::Tensor permuted(const ir::Tensor& constant, const AxisOrder& order) {
  ir::Tensor result = constant;
  result.shape = permuted(constant.shape, order);
  const auto bytes = static_cast<size_t>(ir::dtype_bytes(constant.dtype));
  size_t to = 0;
  for (const int32_t from : source_indices(constant.shape, order)) {
    std::memcpy(result.data.data() + to, constant.data.data() + static_cast<size_t>(from) * bytes,
                bytes);
    to += bytes;
  }
  if (constant.quantization.axis >= 0) {
    result.quantization.axis = inverse(order).at(static_cast<size_t>(constant.quantization.axis));
  }
  return result;
}

ir::Tensor with_rows(const ir::Tensor& table, const AxisOrder& rows) {
  ir::Tensor made = table;
  const size_t bytes = table.data.size() / rows.size();
  for (size_t k = 0; k < rows.size(); ++k) {
    const size_t from = bytes * static_cast<size_t>(rows[k]);
    std::memcpy(made.data.data() + bytes * k, table.data.data() + from, bytes);
  }
  return made;
}

ir::Tensor with_columns(const ir::Tensor& table, const AxisOrder& to) {
  ir::Tensor made = table;
  const auto bytes = static_cast<size_t>(ir::dtype_bytes(table.dtype));
  for (size_t i = 0; i < table.data.size() / bytes; ++i) {
    const size_t column = i % to.size();
    const size_t place = i - column + static_cast<size_t>(to[column]);
    std::memcpy(made.data.data() + bytes * place, table.data.data() + bytes * i, bytes);
  }
  return made;
}

namespace {

// Neighbouring axes of one shape, and those of another shape that hold the same elements.
struct Group {
  std::vector<int32_t> from, to;
};

std::vector<Group> groups(const Shape& from, const Shape& to) {
  std::vector<Group> all;
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    Group group;
    int64_t left = 1, right = 1;
    const auto take = [](const Shape& shape, size_t& at, std::vector<int32_t>& axes,
                         int64_t& extent) {
      if (at >= shape.size()) return false;
      extent *= shape[at];
      axes.push_back(static_cast<int32_t>(at++));
      return true;
    };
    take(from, i, group.from, left);
    take(to, j, group.to, right);
    while (left != right) {
      const bool taken =
          left < right ? take(from, i, group.from, left) : take(to, j, group.to, right);
      if (!taken) return {};  // not the same number of elements
    }
    all.push_back(std::move(group));
  }
  return all;
}

}  // namespace

std::optional<ReshapedOrder> through_reshape(const Shape& shape, const AxisOrder& order,
                                             const Shape& target) {
  std::vector<Group> all = groups(permuted(shape, order), target);
  // Groups go where their first longer axis stands before the transpose.
  const auto place = [&](const Group& group) {
    int32_t longer = INT32_MAX, any = static_cast<int32_t>(shape.size());
    for (const int32_t k : group.from) {
      const int32_t axis = order[static_cast<size_t>(k)];
      any = std::min(any, axis);
      if (shape[static_cast<size_t>(axis)] > 1) longer = std::min(longer, axis);
    }
    return longer == INT32_MAX ? any : longer;
  };
  std::ranges::stable_sort(all, {}, place);
  ReshapedOrder result;
  AxisOrder places;  // axis of the target by position
  for (const Group& group : all) {
    for (const int32_t k : group.from) result.before.push_back(order[static_cast<size_t>(k)]);
    for (const int32_t k : group.to) {
      result.shape.push_back(target[static_cast<size_t>(k)]);
      places.push_back(k);
    }
  }
  if (all.empty() || moves_nothing(result.shape, inverse(places))) return std::nullopt;
  result.after = inverse(places);
  return result;
}

}  // namespace mote::passes

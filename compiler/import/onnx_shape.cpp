// Import rules of operators that move values without computing.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compiler/import/onnx_file.hpp"
#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

Integers shape_of(const Operator& op, TensorId x) {
  const ir::Shape shape = op.shape_copy(x);
  return {shape.begin(), shape.end()};
}

// A constant that holds integers, as nodes that compute shapes pass them on.
TensorId integers_constant(Operator& op, const Integers& values) {
  ir::Tensor made;
  made.dtype = ir::DType::i64;
  made.shape = {static_cast<int32_t>(values.size())};
  made.constant = true;
  made.data.resize(values.size() * sizeof(int64_t));
  std::ranges::copy(values, made.values<int64_t>().begin());
  return op.constant(std::move(made));
}

void import_reshape(Operator& op) {
  const TensorId x = op.input(0);
  Integers shape = op.constant_integers(1);
  const bool zeros = op.integer("allowzero", 0) != 0;
  int64_t known = 1, rest = -1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && !zeros) {
      op.require(i < op.shape(x).size(), "copies an extent that its input doesn't have");
      shape[i] = op.shape(x)[i];
    }
    op.require(shape[i] >= 1 || shape[i] == -1, "extent " + std::to_string(shape[i]));
    op.require(shape[i] != -1 || rest < 0, "two extents are left open");
    if (shape[i] == -1) rest = static_cast<int64_t>(i);
    if (shape[i] > 0) known *= std::min<int64_t>(shape[i], INT32_MAX);
    op.require(known <= INT32_MAX, "the shape is too large");
  }
  if (rest >= 0) shape[static_cast<size_t>(rest)] = op.tensor(x).elements() / known;
  if (shape.empty()) shape = {1};
  op.result(op.reshaped(x, shape));
}

void import_flatten(Operator& op) {
  const TensorId x = op.input(0);
  const int64_t given = op.integer("axis", 1), rank = op.rank(x);
  const int64_t axis = given == rank ? rank : op.axis(given, rank);
  int64_t rows = 1;
  for (int64_t i = 0; i < axis; ++i) rows *= op.shape(x)[static_cast<size_t>(i)];
  op.result(op.reshaped(x, {rows, op.tensor(x).elements() / rows}));
}

void import_squeeze(Operator& op) {
  const TensorId x = op.input(0);
  const int64_t rank = op.rank(x);
  Integers axes = op.integers_of(1, "axes");
  const bool all = axes.empty();
  for (int64_t& axis : axes) {
    axis = op.axis(axis, rank);
    op.require(op.shape(x)[static_cast<size_t>(axis)] == 1, "squeezes an extent that isn't 1");
  }
  Integers shape;
  for (int64_t i = 0; i < rank; ++i) {
    const int64_t extent = op.shape(x)[static_cast<size_t>(i)];
    const bool gone = all ? extent == 1 : std::ranges::find(axes, i) != axes.end();
    if (!gone) shape.push_back(extent);
  }
  op.result(op.reshaped(x, shape.empty() ? Integers{1} : shape));
}

void import_unsqueeze(Operator& op) {
  const TensorId x = op.input(0);
  Integers axes = op.integers_of(1, "axes"), shape = shape_of(op, x);
  const int64_t rank = op.rank(x) + static_cast<int64_t>(axes.size());
  for (int64_t& axis : axes) axis = op.axis(axis, rank);
  std::ranges::sort(axes);
  for (const int64_t axis : axes) {
    op.require(axis <= static_cast<int64_t>(shape.size()), "names an axis twice");
    shape.insert(shape.begin() + axis, 1);
  }
  op.result(op.reshaped(x, shape));
}

void import_transpose(Operator& op) {
  const TensorId x = op.input(0);
  Integers order = op.integers("perm");
  if (order.empty()) {
    order.resize(op.shape(x).size());
    std::iota(order.rbegin(), order.rend(), 0);
  }
  op.result(op.transposed(x, order));
}

void import_concat(Operator& op) {
  std::vector<TensorId> parts;
  for (size_t i = 0; i < op.inputs.size(); ++i) parts.push_back(op.input(i));
  if (parts.size() == 1) return op.result(parts[0]);
  op.require(!parts.empty(), "needs an input");
  const int64_t axis = op.axis(op.integer("axis"), op.rank(parts[0]));
  op.result(op.emit("concat", parts, {{"axis", axis}}));
}

void import_slice(Operator& op) {
  const TensorId x = op.input(0);
  const int64_t rank = op.rank(x);
  const Integers starts = op.integers_of(1, "starts"), ends = op.integers_of(2, "ends");
  Integers axes = op.integers_of(3, "axes");
  Integers steps = op.has_input(4) ? op.constant_integers(4) : Integers(starts.size(), 1);
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  op.require(
      starts.size() == ends.size() && starts.size() == axes.size() && starts.size() == steps.size(),
      "starts, ends, axes and steps differ in number");
  Integers begin(op.shape(x).size(), 0), end = shape_of(op, x), step(op.shape(x).size(), 1);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(op.axis(axes[i], rank));
    begin[axis] = starts[i];
    end[axis] = ends[i];
    step[axis] = steps[i];
  }
  op.result(op.emit("strided_slice", {x, op.indices(begin), op.indices(end), op.indices(step)}));
}

void import_split(Operator& op) {
  const TensorId x = op.input(0);
  const int64_t axis = op.axis(op.integer("axis", 0), op.rank(x));
  const int64_t extent = op.shape(x)[static_cast<size_t>(axis)];
  const auto count = static_cast<int64_t>(op.output_count());
  Integers sizes = op.integers_of(1, "split");
  if (sizes.empty()) {  // equal parts, the last one smaller
    const int64_t each = (extent + count - 1) / std::max<int64_t>(count, 1);
    sizes.assign(static_cast<size_t>(count), each);
    if (count > 0) sizes.back() = extent - each * (count - 1);
  }
  op.require(static_cast<int64_t>(sizes.size()) == count, "needs a size per output");
  int64_t sum = 0;
  for (const int64_t size : sizes) {
    op.require(size >= 1 && size <= extent, "a part of " + std::to_string(size) + " entries");
    sum += size;
  }
  op.require(sum == extent, "the parts' sizes don't add up to the extent");
  int64_t begin = 0;
  for (const int64_t size : sizes) {
    op.results.push_back(op.part(x, static_cast<size_t>(axis), begin, size));
    begin += size;
  }
}

// x with entries of its own before and after it on each axis: the nearest one (edge), or those from
// the other side (wrap).
TensorId repeated(Operator& op, TensorId x, const Integers& amounts, bool wraps) {
  constexpr int64_t amount_max = 1 << 16;
  for (size_t k = 0; 2 * k < amounts.size(); ++k) {
    const int64_t before = amounts[2 * k], after = amounts[2 * k + 1], extent = op.shape(x)[k];
    if (before == 0 && after == 0) continue;
    op.require(extent <= listed_max, "the axis is too long");
    op.require(before >= 0 && after >= 0 && before <= amount_max && after <= amount_max,
               "padding of " + std::to_string(before) + " and " + std::to_string(after));
    Integers from;
    for (int64_t i = -before; i < extent + after; ++i) {
      from.push_back(wraps ? (i % extent + extent) % extent
                           : std::clamp<int64_t>(i, 0, extent - 1));
    }
    x = op.emit("gather", {x, op.indices(from)}, {{"axis", static_cast<int64_t>(k)}});
  }
  return x;
}

// Amounts are all those before the axes, then all those after; negative ones would cut.
void import_pad(Operator& op) {
  const TensorId x = op.input(0);
  const int64_t rank = op.rank(x);
  const Integers pads = op.integers_of(1, "pads");
  Integers axes = op.has_input(3) ? op.constant_integers(3) : Integers{};
  if (axes.empty()) {
    axes.resize(static_cast<size_t>(rank));
    std::iota(axes.begin(), axes.end(), 0);
  }
  op.require(pads.size() == 2 * axes.size(), "needs two amounts per axis");
  Integers amounts(2 * op.shape(x).size(), 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(op.axis(axes[i], rank));
    amounts[2 * axis] = pads[i];
    amounts[2 * axis + 1] = pads[i + axes.size()];
  }
  const TensorId all = op.indices(amounts, {static_cast<int32_t>(rank), 2});
  const std::string mode = op.text("mode", "constant");
  if (mode == "reflect") {
    return op.result(op.emit("mirror_pad", {x, all}, {{"symmetric", int64_t{0}}}));
  }
  if (mode == "edge" || mode == "wrap") return op.result(repeated(op, x, amounts, mode == "wrap"));
  op.require(mode == "constant", "mode " + mode + " is not supported");
  if (op.has_input(2)) return op.result(op.emit("pad", {x, all, op.input(2)}));
  const auto value = static_cast<float>(op.real("value", 0));
  const bool real = op.tensor(x).dtype == ir::DType::f32;
  op.require(real || value == 0, "padding of integers with another value than 0");
  op.result(real ? op.emit("pad", {x, all, op.reals(value)}) : op.emit("pad", {x, all}));
}

void import_expand(Operator& op) {
  const TensorId x = op.input(0);
  Integers shape = op.constant_integers(1);
  const Integers own = shape_of(op, x);
  if (shape.size() < own.size()) shape.insert(shape.begin(), own.size() - shape.size(), 1);
  for (size_t i = 0; i < own.size(); ++i) {  // broadcasting goes both ways
    int64_t& extent = shape[shape.size() - own.size() + i];
    extent = std::max(extent, own[i]);
  }
  op.result(shape == own ? x : op.emit("broadcast_to", {x, op.indices(shape)}));
}

void import_tile(Operator& op) {
  op.result(op.emit("tile", {op.input(0), op.indices(op.constant_integers(1))}));
}

void import_gather(Operator& op) {
  const TensorId x = op.input(0), index = op.input(1);
  const int64_t axis = op.axis(op.integer("axis", 0), op.rank(x));
  const int64_t extent = op.shape(x)[static_cast<size_t>(axis)];
  TensorId narrow = index;
  if (op.tensor(index).constant) {
    Integers values = op.constant_integers(1);
    for (int64_t& value : values) value = value < 0 ? value + extent : value;
    const bool scalar = op.shape(index).empty();
    narrow = op.indices(values, op.shape(index));
    const TensorId y = op.emit("gather", {x, narrow}, {{"axis", axis}});
    Integers shape = shape_of(op, x);
    shape.erase(shape.begin() + axis);
    return op.result(scalar && !shape.empty() ? op.reshaped(y, shape) : y);
  }
  if (op.tensor(index).dtype != ir::DType::i32) {
    narrow = op.emit("cast", {index}, {{"to", std::string("i32")}});
  }
  op.result(op.emit("gather", {x, narrow}, {{"axis", axis}}));
}

// y[i, j, ...] = x[i, index[i, j, ...], ...] for the given axis: entries of x as one long row.
void import_gather_elements(Operator& op) {
  const TensorId x = op.input(0);
  const Integers places = op.constant_integers(1);
  const ir::Shape from = op.shape_copy(x), to = op.shape_copy(op.input(1));
  const auto axis = static_cast<size_t>(op.axis(op.integer("axis", 0), op.rank(x)));
  op.require(from.size() == to.size(), "index and input differ in rank");
  Integers flat;
  for (size_t i = 0; i < places.size(); ++i) {
    int64_t at = 0, rest = static_cast<int64_t>(i), stride = 1;
    for (size_t k = from.size(); k-- > 0;) {
      int64_t place = rest % to[k];
      rest /= to[k];
      if (k == axis) place = places[i] < 0 ? places[i] + from[k] : places[i];
      op.require(place >= 0 && place < from[k], "index " + std::to_string(places[i]));
      at += place * stride;
      stride *= from[k];
    }
    flat.push_back(at);
  }
  const TensorId row = op.reshaped(x, {op.tensor(x).elements()});
  const TensorId y = op.emit("gather", {row, op.indices(flat)}, {{"axis", int64_t{0}}});
  op.result(op.reshaped(y, {to.begin(), to.end()}));
}

void import_constant(Operator& op) {
  if (const auto* value = op.find("value")) {
    op.require(value->has_t(), "attribute value is no tensor");
    return op.result(op.constant(read_tensor(value->t())));
  }
  if (op.has("value_float")) {
    return op.result(op.reals({1}, {static_cast<float>(op.real("value_float", 0))}));
  }
  if (const auto* value = op.find("value_floats")) {
    const std::vector<float> all(value->floats().begin(), value->floats().end());
    return op.result(op.reals({static_cast<int32_t>(all.size())}, all));
  }
  op.require(op.has("value_int") || op.has("value_ints"), "a constant of text is not supported");
  op.result(integers_constant(
      op, op.has("value_int") ? Integers{op.integer("value_int")} : op.integers("value_ints")));
}

void import_constant_of_shape(Operator& op) {
  const Integers extents = op.constant_integers(0);
  ir::Tensor made;
  made.constant = true;
  std::vector<uint8_t> value(4, 0);
  if (const auto* given = op.find("value")) {
    op.require(given->has_t(), "attribute value is no tensor");
    const ir::Tensor one = read_tensor(given->t());
    op.require(one.elements() == 1, "attribute value must have one element");
    made.dtype = one.dtype;
    value = one.data;
  }
  for (const int64_t extent : extents) {
    op.require(extent >= 1 && extent <= INT32_MAX, "extent " + std::to_string(extent));
    made.shape.push_back(static_cast<int32_t>(extent));
  }
  if (made.shape.empty()) made.shape = {1};
  check_extents(made.shape, made.dtype, "constant");
  const auto count = static_cast<size_t>(made.elements());
  const TensorId id = op.constant(std::move(made));
  std::vector<uint8_t> data;
  data.reserve(count * value.size());
  for (size_t i = 0; i < count; ++i) data.insert(data.end(), value.begin(), value.end());
  op.set_data(id, std::move(data));
  op.result(id);
}

void import_shape(Operator& op) {
  const Integers shape = shape_of(op, op.input(0));
  const auto rank = static_cast<int64_t>(shape.size());
  const auto place = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t begin = place(op.integer("start", 0)), end = place(op.integer("end", rank));
  op.require(begin < end, "takes no axis");
  op.result(integers_constant(op, Integers(shape.begin() + begin, shape.begin() + end)));
}

void import_size(Operator& op) {
  op.result(integers_constant(op, {op.tensor(op.input(0)).elements()}));
}

constexpr Rule rules[] = {
    {"Concat", import_concat},
    {"Constant", import_constant},
    {"ConstantOfShape", import_constant_of_shape},
    {"Expand", import_expand},
    {"Flatten", import_flatten},
    {"Gather", import_gather},
    {"GatherElements", import_gather_elements},
    {"Pad", import_pad},
    {"Reshape", import_reshape},
    {"Shape", import_shape},
    {"Size", import_size},
    {"Slice", import_slice},
    {"Split", import_split},
    {"Squeeze", import_squeeze},
    {"Tile", import_tile},
    {"Transpose", import_transpose},
    {"Unsqueeze", import_unsqueeze},
};

}  // namespace

std::span<const Rule> shape_rules() {
  return rules;
}

}  // namespace mote::onnx

// Import rules of operators along an axis: reductions, softmax.

#include <algorithm>
#include <numeric>

#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

Integers reduced_axes(Operator& op, TensorId x) {
  Integers axes = op.integers_of(1, "axes");
  if (!axes.empty() || op.integer("noop_with_empty_axes", 0) != 0) return axes;
  axes.resize(op.shape(x).size());
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

// `before` is computed of each value first.
void import_reduce(Operator& op, const char* name, const char* before = nullptr) {
  TensorId x = op.input(0);
  const Integers axes = reduced_axes(op, x);
  if (before != nullptr) x = op.emit(before, {x});
  if (axes.empty()) return op.result(x);
  const int64_t keep = op.integer("keepdims", 1) != 0;
  op.result(op.emit(name, {x, op.indices(axes)}, {{"keep_dims", keep}}));
}
void import_reduce_mean(Operator& op) {
  import_reduce(op, "mean");
}
void import_reduce_sum(Operator& op) {
  import_reduce(op, "sum");
}
void import_reduce_max(Operator& op) {
  import_reduce(op, "reduce_max");
}
void import_reduce_min(Operator& op) {
  import_reduce(op, "reduce_min");
}
void import_reduce_sum_square(Operator& op) {
  import_reduce(op, "sum", "square");
}
void import_reduce_l1(Operator& op) {
  import_reduce(op, "sum", "abs");
}
void import_reduce_l2(Operator& op) {
  import_reduce(op, "sum", "square");
  op.result(op.emit("sqrt", {op.results.at(0)}));
}

void import_cumsum(Operator& op) {
  const TensorId x = op.input(0);
  const Integers axis = op.constant_integers(1);
  op.require(axis.size() == 1, "needs one axis");
  const int64_t exclusive = op.integer("exclusive", 0) != 0,
                reverse = op.integer("reverse", 0) != 0;
  op.result(op.emit("cumsum", {x, op.indices({op.axis(axis[0], op.rank(x))})},
                    {{"exclusive", exclusive}, {"reverse", reverse}}));
}

// Positions are int64 in ONNX, int32 in the graph.
void import_arg(Operator& op, const char* name) {
  TensorId x = op.input(0);
  const int64_t axis = op.axis(op.integer("axis", 0), op.rank(x));
  const bool last = op.integer("select_last_index", 0) != 0;  // the first of x read backwards
  if (last) x = op.emit("reverse", {x, op.indices({axis})});
  TensorId y = op.emit(name, {x, op.indices({axis})});
  if (last) {
    const int64_t extent = op.shape(x)[static_cast<size_t>(axis)];
    y = op.emit("sub", {op.indices({extent - 1}), y});
  }
  if (op.integer("keepdims", 1) != 0) {
    Integers shape(op.shape(x).begin(), op.shape(x).end());
    shape[static_cast<size_t>(axis)] = 1;
    y = op.reshaped(y, shape);
  }
  op.result(op.emit("cast", {y}, {{"to", std::string("i64")}}));
}
void import_arg_max(Operator& op) {
  import_arg(op, "arg_max");
}
void import_arg_min(Operator& op) {
  import_arg(op, "arg_min");
}

// Along the last axis; another one is moved there. Before operator set 13 all axes from the given
// one on count as one.
void along_axis(Operator& op, TensorId (*last)(Operator&, TensorId)) {
  const TensorId x = op.input(0);
  const int64_t rank = op.rank(x);
  const bool joined = op.opset() < 13;
  const int64_t axis = op.axis(op.integer("axis", joined ? 1 : -1), rank);
  const Integers shape(op.shape(x).begin(), op.shape(x).end());
  if (joined) {
    int64_t rows = 1;
    for (int64_t i = 0; i < axis; ++i) rows *= shape[static_cast<size_t>(i)];
    const TensorId flat = op.reshaped(x, {rows, op.tensor(x).elements() / rows});
    return op.result(op.reshaped(last(op, flat), shape));
  }
  Integers order(shape.size());
  std::iota(order.begin(), order.end(), 0);
  std::rotate(order.begin() + axis, order.begin() + axis + 1, order.end());
  Integers back(order.size());
  for (size_t k = 0; k < order.size(); ++k) {
    back[static_cast<size_t>(order[k])] = static_cast<int64_t>(k);
  }
  op.result(op.transposed(last(op, op.transposed(x, order)), back));
}

void import_softmax(Operator& op) {
  along_axis(op, [](Operator& of, TensorId x) { return of.emit("softmax", {x}); });
}
void import_log_softmax(Operator& op) {
  along_axis(op, [](Operator& of, TensorId x) { return of.emit("log_softmax", {x}); });
}

// ln(sum of e^x), with the largest x taken out so that nothing overflows.
void import_reduce_log_sum_exp(Operator& op) {
  const TensorId x = op.input(0);
  const Integers axes = reduced_axes(op, x);
  op.require(!axes.empty(), "needs axes");
  const TensorId over = op.indices(axes);
  const Attributes keep{{"keep_dims", int64_t{1}}};
  const TensorId largest = op.emit("reduce_max", {x, over}, keep);
  const TensorId powers = op.emit("exp", {op.emit("sub", {x, largest})});
  const TensorId y =
      op.emit("add", {op.emit("ln", {op.emit("sum", {powers, over}, keep)}), largest});
  if (op.integer("keepdims", 1) != 0) return op.result(y);
  const TensorId shape_like = op.emit("reduce_max", {x, over});
  op.result(op.reshaped(y, {op.shape(shape_like).begin(), op.shape(shape_like).end()}));
}
void import_reduce_log_sum(Operator& op) {
  import_reduce(op, "sum");
  op.result(op.emit("ln", {op.results.at(0)}));
}
// The largest of each place, and where it is not 0.
void import_hardmax(Operator& op) {
  const TensorId x = op.input(0);
  op.require(op.opset() >= 13, "Hardmax before operator set 13 is not supported");
  const auto axis = static_cast<size_t>(op.axis(op.integer("axis", -1), op.rank(x)));
  Integers shape(op.shape(x).begin(), op.shape(x).end()), places, wide(shape.size(), 1);
  op.require(shape[axis] <= listed_max, "the axis is too long");
  for (int64_t i = 0; i < shape[axis]; ++i) places.push_back(i);
  wide[axis] = shape[axis];
  shape[axis] = 1;
  const TensorId first =
      op.reshaped(op.emit("arg_max", {x, op.indices({static_cast<int64_t>(axis)})}), shape);
  const TensorId all = op.reshaped(op.indices(places), wide);
  op.result(op.cast(op.emit("equal", {first, all}), ir::DType::f32));
}

constexpr Rule rules[] = {
    {"CumSum", import_cumsum},
    {"Hardmax", import_hardmax},
    {"ReduceLogSum", import_reduce_log_sum},
    {"ReduceLogSumExp", import_reduce_log_sum_exp},
    {"ArgMax", import_arg_max},
    {"ArgMin", import_arg_min},
    {"LogSoftmax", import_log_softmax},
    {"ReduceL1", import_reduce_l1},
    {"ReduceL2", import_reduce_l2},
    {"ReduceMax", import_reduce_max},
    {"ReduceMean", import_reduce_mean},
    {"ReduceMin", import_reduce_min},
    {"ReduceSum", import_reduce_sum},
    {"ReduceSumSquare", import_reduce_sum_square},
    {"Softmax", import_softmax},
};

}  // namespace

std::span<const Rule> reduce_rules() {
  return rules;
}

}  // namespace mote::onnx

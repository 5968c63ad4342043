// Import rules of normalisations.

#include <numeric>

#include "compiler/import/onnx_windows.hpp"

namespace mote::onnx {
namespace {

void import_batch_norm(Operator& op) {
  op.require(op.integer("training_mode", 0) == 0, "training is not supported");
  op.require(!op.wants(1), "statistics are not supported");
  op.require(op.rank(op.input(0)) >= 2, "input must be [n, c, ...]");
  const TensorId input = op.input(0);
  const int64_t rank = op.rank(input);
  Integers last(static_cast<size_t>(rank)), second(last.size());
  std::iota(last.begin(), last.end(), 0);
  std::rotate(last.begin() + 1, last.begin() + 2, last.end());
  for (size_t i = 0; i < last.size(); ++i)
    second[static_cast<size_t>(last[i])] = static_cast<int64_t>(i);
  const TensorId x = op.transposed(input, last);
  const TensorId y = op.emit("batch_norm", {x, op.input(1), op.input(2), op.input(3), op.input(4)},
                             {{"epsilon", op.real("epsilon", 1e-5f)}});
  op.result(op.transposed(y, second));
}

// y = x / (bias + alpha / size * sum of x^2 over `size` channels around)^beta; the sum as a mean
// over a row of the image that the channels make.
void import_lrn(Operator& op) {
  op.require(op.rank(op.input(0)) == 4, "input must be [n, c, h, w]");
  const TensorId x = channels_last(op, op.input(0));
  const ir::Shape shape = op.shape_copy(x);
  const int64_t size = op.integer("size");
  op.require(size >= 1 && size <= 1 << 10, "size " + std::to_string(size));
  Windows row;
  row.w = {.in = shape[3], .kernel = size, .before = (size - 1) / 2, .after = size / 2};
  TensorId squares = op.emit("square", {x});
  squares = op.reshaped(squares, {int64_t{shape[0]} * shape[1] * shape[2], 1, shape[3], 1});
  squares = padded(op, squares, row, 0);
  Attributes pool = window_attributes(row, false);
  pool["filter_h"] = int64_t{1};
  pool["filter_w"] = size;
  TensorId mean = op.emit("average_pool", {squares}, std::move(pool));
  mean = op.reshaped(mean, {shape[0], shape[1], shape[2], shape[3]});
  const auto real = [&](const char* name, float fallback) {
    return op.reals(static_cast<float>(op.real(name, static_cast<double>(fallback))));
  };
  const TensorId base =
      op.emit("add", {op.emit("mul", {mean, real("alpha", 1e-4f)}), real("bias", 1)});
  const TensorId power = op.emit("mul", {op.emit("ln", {base}), real("beta", 0.75f)});
  const TensorId y = op.emit("div", {x, op.emit("exp", {power})});
  op.result(channels_second(op, y, 4));
}

// (x - mean) / sqrt(variance + epsilon) over some axes of x.
TensorId standardized(Operator& op, TensorId x, const Integers& axes, double epsilon) {
  const Attributes keep{{"keep_dims", int64_t{1}}};
  const TensorId over = op.indices(axes);
  const TensorId centred = op.emit("sub", {x, op.emit("mean", {x, over}, keep)});
  const TensorId variance = op.emit("mean", {op.emit("square", {centred}), over}, keep);
  const TensorId raised = op.emit("add", {variance, op.reals(static_cast<float>(epsilon))});
  return op.emit("mul", {centred, op.emit("rsqrt", {raised})});
}

// Scale and bias from inputs 1 and 2 (if there), in this shape.
TensorId scaled(Operator& op, TensorId x, const Integers& shape) {
  const auto wide = [&](size_t at) {
    return shape.empty() ? op.input(at) : op.reshaped(op.input(at), shape);
  };
  x = op.emit("mul", {x, wide(1)});
  return op.has_input(2) ? op.emit("add", {x, wide(2)}) : x;
}

Integers from(int64_t first, int64_t rank) {
  Integers axes(static_cast<size_t>(rank - first));
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

void import_layer_norm(Operator& op) {
  const TensorId x = op.input(0);
  op.require(!op.wants(1), "statistics are not supported");
  const int64_t rank = op.rank(x), axis = op.axis(op.integer("axis", -1), rank);
  op.result(scaled(op, standardized(op, x, from(axis, rank), op.real("epsilon", 1e-5f)), {}));
}

void import_instance_norm(Operator& op) {
  const TensorId x = op.input(0);
  const int64_t rank = op.rank(x);
  op.require(rank >= 3, "input must be [n, c, ...]");
  Integers channels(static_cast<size_t>(rank), 1);
  channels[1] = op.shape(x)[1];
  const TensorId y = standardized(op, x, from(2, rank), op.real("epsilon", 1e-5f));
  op.result(scaled(op, y, channels));
}

void import_group_norm(Operator& op) {
  const TensorId x = op.input(0);
  const ir::Shape shape = op.shape_copy(x);
  const int64_t rank = op.rank(x), groups = op.integer("num_groups");
  op.require(rank >= 3 && groups >= 1 && shape[1] % groups == 0,
             "input must be [n, c, ...] with channels in equal groups");
  const int64_t each = op.tensor(x).elements() / shape[0] / groups;
  const TensorId parts = op.reshaped(x, {shape[0], groups, each});
  TensorId y = standardized(op, parts, {2}, op.real("epsilon", 1e-5f));
  y = op.reshaped(y, {shape.begin(), shape.end()});
  Integers channels(shape.size(), 1);
  channels[1] = shape[1];
  if (op.tensor(op.input(1)).elements() == shape[1]) return op.result(scaled(op, y, channels));
  // Before operator set 21 scale and bias are those of groups.
  const auto spread = [&](size_t at) {
    op.require(shape[1] <= listed_max, "there are too many channels");
    Integers group_of;
    for (int64_t c = 0; c < shape[1]; ++c) group_of.push_back(c / (shape[1] / groups));
    const TensorId all =
        op.emit("gather", {op.input(at), op.indices(group_of)}, {{"axis", int64_t{0}}});
    return op.reshaped(all, channels);
  };
  op.result(op.emit("add", {op.emit("mul", {y, spread(1)}), spread(2)}));
}

void import_mean_variance(Operator& op) {
  const TensorId x = op.input(0);
  Integers axes = op.integers("axes");
  if (axes.empty()) axes = {0, 2, 3};
  op.result(standardized(op, x, axes, 1e-18));
}

void import_lp_norm(Operator& op) {
  const TensorId x = op.input(0);
  const TensorId axis = op.indices({op.axis(op.integer("axis", -1), op.rank(x))});
  const int64_t p = op.integer("p", 2);
  op.require(p == 1 || p == 2, "p must be 1 or 2");
  const Attributes keep{{"keep_dims", int64_t{1}}};
  const TensorId sum = op.emit("sum", {op.emit(p == 1 ? "abs" : "square", {x}), axis}, keep);
  op.result(op.emit("div", {x, p == 1 ? sum : op.emit("sqrt", {sum})}));
}

constexpr Rule rules[] = {
    {"BatchNormalization", import_batch_norm},           {"GroupNormalization", import_group_norm},
    {"InstanceNormalization", import_instance_norm},     {"LRN", import_lrn},
    {"LayerNormalization", import_layer_norm},           {"LpNormalization", import_lp_norm},
    {"MeanVarianceNormalization", import_mean_variance},
};

}  // namespace

std::span<const Rule> normalize_rules() {
  return rules;
}

}  // namespace mote::onnx

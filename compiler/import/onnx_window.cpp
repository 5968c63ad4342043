// Import rules of operators on images [n, c, h, w] and series [n, c, w]: the graph's ops work on
// [n, h, w, c], so each gets transposes around it.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

// x as [n, h, w, c]; a series has one row.
TensorId channels_last(Operator& op, TensorId x) {
  op.require(op.rank(x) == 4 || op.rank(x) == 3,
             "rank " + std::to_string(op.rank(x)) + " is not supported (images and series are)");
  const ir::Shape shape = op.shape(x);
  if (shape.size() == 3) x = op.reshaped(x, {shape[0], shape[1], 1, shape[2]});
  return op.transposed(x, {0, 2, 3, 1});
}

// The inverse for a result; rank: that of the ONNX tensor.
TensorId channels_second(Operator& op, TensorId y, int64_t rank) {
  y = op.transposed(y, {0, 3, 1, 2});
  const ir::Shape shape = op.shape(y);
  return rank == 4 ? y : op.reshaped(y, {shape[0], shape[1], shape[3]});
}

// One axis of a sliding window, in inputs.
struct Axis {
  int64_t in = 1, kernel = 1, stride = 1, dilation = 1;
  int64_t before = 0, after = 0;  // padding that the node asks for
  int64_t extra = 0;              // after it: what ceil_mode reads beyond

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
  int64_t out() const { return (in + before + after + extra - reach()) / stride + 1; }
  // Whether the graph's "same" padding is this one.
  bool is_same() const {
    const int64_t outputs = (in + stride - 1) / stride;
    const int64_t total = std::max<int64_t>((outputs - 1) * stride + reach() - in, 0);
    return extra == 0 && out() == outputs && before == total / 2 && after == total - total / 2;
  }
};

struct Windows {
  Axis h, w;
  bool valid() const { return pads() == 0; }
  bool same() const { return h.is_same() && w.is_same(); }
  int64_t pads() const { return h.before + h.after + h.extra + w.before + w.after + w.extra; }
};

void set_padding(Operator& op, Axis& axis, const std::string& automatic) {
  if (automatic == "NOTSET") return;
  axis.before = axis.after = 0;
  if (automatic == "VALID") return;
  op.require(automatic == "SAME_UPPER" || automatic == "SAME_LOWER", "auto_pad " + automatic);
  const int64_t outputs = (axis.in + axis.stride - 1) / axis.stride;
  const int64_t total = std::max<int64_t>((outputs - 1) * axis.stride + axis.reach() - axis.in, 0);
  axis.before = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
  axis.after = total - axis.before;
}

// kernel: extents of the window, one per axis of the image. x: [n, h, w, c].
Windows windows(Operator& op, TensorId x, const Integers& kernel) {
  constexpr int64_t limit = 1 << 16;
  const size_t axes = kernel.size();
  op.require(axes == 1 || axes == 2, "windows of " + std::to_string(axes) + " axes");
  const auto value = [&](const char* name, size_t index, size_t count, int64_t fallback) {
    const Integers values = op.integers(name);
    if (values.empty()) return fallback;
    op.require(values.size() == count,
               std::string(name) + " must have " + std::to_string(count) + " values");
    op.require(values[index] >= 0 && values[index] <= limit,
               std::string(name) + " " + std::to_string(values[index]) + " is not supported");
    return values[index];
  };
  Windows all;
  for (size_t i = 0; i < axes; ++i) {
    Axis& axis = i + 1 == axes ? all.w : all.h;
    axis.in = op.shape(x)[i + 1 == axes ? 2 : 1];
    axis.kernel = kernel[i];
    axis.stride = value("strides", i, axes, 1);
    axis.dilation = value("dilations", i, axes, 1);
    axis.before = value("pads", i, 2 * axes, 0);
    axis.after = value("pads", i + axes, 2 * axes, 0);
    op.require(axis.kernel >= 1 && axis.kernel <= limit && axis.stride >= 1 && axis.dilation >= 1,
               "extents of a window must be 1 or more");
    set_padding(op, axis, op.text("auto_pad", "NOTSET"));
    op.require(axis.in + axis.before + axis.after >= axis.reach(),
               "the window is larger than its input");
    if (op.integer("ceil_mode", 0) == 0) continue;
    const int64_t rest = (axis.in + axis.before + axis.after - axis.reach()) % axis.stride;
    // A window that would start behind the input and its first padding is left out.
    const int64_t last = (axis.out()) * axis.stride;
    if (rest != 0 && last < axis.in + axis.before) axis.extra = axis.stride - rest;
  }
  return all;
}

// x with its image padded by `value`.
TensorId padded(Operator& op, TensorId x, const Windows& windows, float value) {
  const Axis &h = windows.h, &w = windows.w;
  const TensorId amounts =
      op.indices({0, 0, h.before, h.after + h.extra, w.before, w.after + w.extra, 0, 0}, {4, 2});
  const ir::Tensor& source = op.tensor(x);
  if (source.dtype != ir::DType::f32) {
    op.require(!source.quantization.empty(), "padding of integers is not supported");
    return op.emit("pad", {x, amounts});
  }
  return op.emit("pad", {x, amounts, op.reals(value)});
}

Attributes window_attributes(const Windows& windows, bool same) {
  return {{"stride_h", windows.h.stride},
          {"stride_w", windows.w.stride},
          {"padding", std::string(same ? "same" : "valid")}};
}

Integers kernel_of(Operator& op, TensorId weights) {
  const ir::Shape& shape = op.shape(weights);
  op.require(shape.size() == 3 || shape.size() == 4,
             "weights of " + std::to_string(shape.size()) + " axes are not supported");
  Integers kernel(shape.begin() + 2, shape.end());
  const Integers named = op.integers("kernel_shape");
  op.require(named.empty() || named == kernel, "kernel_shape differs from the weights' shape");
  return kernel;
}

// Entries [begin, begin + count) of an axis.
TensorId part(Operator& op, TensorId x, size_t axis, int64_t begin, int64_t count) {
  Integers starts(op.shape(x).size(), 0), sizes(op.shape(x).begin(), op.shape(x).end());
  starts[axis] = begin;
  sizes[axis] = count;
  return op.emit("slice", {x, op.indices(starts), op.indices(sizes)});
}

// Convolution over x [n, h, w, c] with weights [out, c / groups, kernel_h, kernel_w].
TensorId convolution(Operator& op, TensorId x, TensorId weights, TensorId bias, int64_t groups,
                     Attributes attributes) {
  const int64_t channels = op.shape(x)[3], outputs = op.shape(weights)[0];
  op.require(groups >= 1 && op.shape(weights)[1] * groups == channels && outputs % groups == 0,
             "channels, groups and weights don't fit");
  if (groups == 1) {
    return op.emit("conv2d", {x, op.transposed(weights, {0, 2, 3, 1}), bias}, attributes);
  }
  if (groups == channels) {
    return op.emit("depthwise_conv2d", {x, op.transposed(weights, {1, 2, 3, 0}), bias}, attributes);
  }
  std::vector<TensorId> parts;
  const int64_t in = channels / groups, out = outputs / groups;
  for (int64_t g = 0; g < groups; ++g) {
    const TensorId own = bias == ir::no_tensor ? bias : part(op, bias, 0, g * out, out);
    parts.push_back(convolution(op, part(op, x, 3, g * in, in), part(op, weights, 0, g * out, out),
                                own, 1, attributes));
  }
  return op.emit("concat", parts, {{"axis", int64_t{3}}});
}

void import_conv(Operator& op) {
  const int64_t rank = op.rank(op.input(0));
  TensorId x = channels_last(op, op.input(0)), weights = op.input(1);
  const Integers kernel = kernel_of(op, weights);
  op.require(static_cast<int64_t>(kernel.size()) + 2 == rank, "weights and input differ in rank");
  if (rank == 3) {
    const ir::Shape shape = op.shape(weights);
    weights = op.reshaped(weights, {shape[0], shape[1], 1, shape[2]});
  }
  const Windows geometry = windows(op, x, kernel);
  const bool same = geometry.same() && !geometry.valid();
  if (!same && !geometry.valid()) x = padded(op, x, geometry, 0);
  Attributes attributes = window_attributes(geometry, same);
  attributes["dilation_h"] = geometry.h.dilation;
  attributes["dilation_w"] = geometry.w.dilation;
  const TensorId bias = op.has_input(2) ? op.input(2) : ir::no_tensor;
  const TensorId y = convolution(op, x, weights, bias, op.integer("group", 1), attributes);
  op.result(channels_second(op, y, rank));
}

// Padding of one axis of a transposed convolution: what is cut off its full result, and the length
// of what stays.
struct Cut {
  int64_t full, begin, count;
};

Cut cut(Operator& op, const Axis& axis, size_t index, size_t axes) {
  const auto value = [&](const char* name) {
    const Integers values = op.integers(name);
    return values.empty() ? 0 : values.at(index);
  };
  const int64_t extra = value("output_padding");
  op.require(extra >= 0 && extra < axis.stride, "output_padding " + std::to_string(extra));
  const int64_t full = (axis.in - 1) * axis.stride + axis.kernel + extra;
  const std::string automatic = op.text("auto_pad", "NOTSET");
  int64_t count = full - axis.before - axis.after, begin = axis.before;
  if (op.has("output_shape")) {
    const Integers shape = op.integers("output_shape");
    count = shape.at(shape.size() - axes + index);
  } else if (automatic.starts_with("SAME")) {
    count = axis.in * axis.stride;
  }
  if (op.has("output_shape") || automatic != "NOTSET") {
    const int64_t total = full - count;
    begin = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
  }
  op.require(count >= 1 && begin >= 0 && begin + count <= full,
             "its output is larger than what "
             "its windows reach");
  return {full, begin, count};
}

void import_conv_transpose(Operator& op) {
  const int64_t rank = op.rank(op.input(0));
  const TensorId x = channels_last(op, op.input(0));
  TensorId weights = op.input(1);
  const Integers kernel = kernel_of(op, weights);
  const size_t axes = kernel.size();
  op.require(static_cast<int64_t>(axes) + 2 == rank, "weights and input differ in rank");
  op.require(op.integer("group", 1) == 1, "groups are not supported");
  for (int64_t d : op.integers("dilations")) op.require(d == 1, "dilation is not supported");
  const ir::Shape shape = op.shape(weights);
  if (rank == 3) weights = op.reshaped(weights, {shape[0], shape[1], 1, shape[2]});
  const Integers strides = op.integers("strides"), pads = op.integers("pads");
  const auto axis = [&](size_t i) {
    return Axis{.in = op.shape(x)[i + 3 - axes],
                .kernel = kernel[i],
                .stride = strides.empty() ? 1 : std::clamp<int64_t>(strides.at(i), 1, 1 << 10),
                .before = pads.empty() ? 0 : pads.at(i),
                .after = pads.empty() ? 0 : pads.at(i + axes)};
  };
  const Axis w = axis(axes - 1), h = axes == 2 ? axis(0) : Axis{};
  const Cut columns = cut(op, w, axes - 1, axes);
  const Cut rows = axes == 2 ? cut(op, h, 0, axes) : Cut{1, 0, 1};
  Attributes attributes = window_attributes({h, w}, false);
  attributes["out_h"] = rows.full;
  attributes["out_w"] = columns.full;
  const TensorId bias = op.has_input(2) ? op.input(2) : ir::no_tensor;
  TensorId y = op.emit("transpose_conv", {x, op.transposed(weights, {1, 2, 3, 0}), bias},
                       std::move(attributes));
  if (rows.count != rows.full) y = part(op, y, 1, rows.begin, rows.count);
  if (columns.count != columns.full) y = part(op, y, 2, columns.begin, columns.count);
  op.result(channels_second(op, y, rank));
}

Attributes pool_attributes(const Windows& windows, bool same) {
  Attributes attributes = window_attributes(windows, same);
  attributes["filter_h"] = windows.h.kernel;
  attributes["filter_w"] = windows.w.kernel;
  return attributes;
}

void import_max_pool(Operator& op) {
  op.require(!op.wants(1), "positions of the largest values are not supported");
  const int64_t rank = op.rank(op.input(0));
  TensorId x = channels_last(op, op.input(0));
  const Windows geometry = windows(op, x, op.integers("kernel_shape"));
  op.require(geometry.h.dilation == 1 && geometry.w.dilation == 1, "dilation is not supported");
  const bool same = geometry.same() && !geometry.valid();
  if (!same && !geometry.valid()) {
    x = padded(op, x, geometry, std::numeric_limits<float>::lowest());
  }
  const TensorId y = op.emit("max_pool", {x}, pool_attributes(geometry, same));
  op.result(channels_second(op, y, rank));
}

// By output of the axis: inputs that its window averages over.
std::vector<int64_t> terms(const Axis& axis, bool count_padding) {
  std::vector<int64_t> counts;
  const int64_t low = count_padding ? 0 : axis.before;
  const int64_t high = axis.before + axis.in + (count_padding ? axis.after : 0);
  for (int64_t o = 0; o < axis.out(); ++o) {
    const int64_t begin = std::max(low, o * axis.stride);
    counts.push_back(std::min(high, o * axis.stride + axis.kernel) - begin);
  }
  return counts;
}

void import_average_pool(Operator& op) {
  const int64_t rank = op.rank(op.input(0));
  TensorId x = channels_last(op, op.input(0));
  const Windows geometry = windows(op, x, op.integers("kernel_shape"));
  op.require(geometry.h.dilation == 1 && geometry.w.dilation == 1, "dilation is not supported");
  const bool count_padding = op.integer("count_include_pad", 0) != 0;
  const bool same = geometry.same() && !geometry.valid() && !count_padding;
  if (!same && !geometry.valid()) x = padded(op, x, geometry, 0);
  TensorId y = op.emit("average_pool", {x}, pool_attributes(geometry, same));
  // The op counts the zeros that have been added as terms.
  const auto rows = terms(geometry.h, count_padding), columns = terms(geometry.w, count_padding);
  const auto area = static_cast<float>(geometry.h.kernel * geometry.w.kernel);
  std::vector<float> factors;
  bool one = true;
  for (const int64_t row : rows) {
    for (const int64_t column : columns) {
      op.require(row > 0 && column > 0, "a window lies in the padding alone");
      factors.push_back(area / static_cast<float>(row * column));
      one = one && factors.back() == 1;
    }
  }
  if (!same && !one) {
    op.require(op.tensor(y).dtype == ir::DType::f32, "this padding needs float32");
    const ir::Shape shape{1, static_cast<int32_t>(rows.size()),
                          static_cast<int32_t>(columns.size()), 1};
    y = op.emit("mul", {y, op.reals(shape, factors)});
  }
  op.result(channels_second(op, y, rank));
}

void import_global_pool(Operator& op, const char* name) {
  const int64_t rank = op.rank(op.input(0));
  const TensorId x = channels_last(op, op.input(0));
  Windows geometry;
  geometry.h.kernel = op.shape(x)[1];
  geometry.w.kernel = op.shape(x)[2];
  op.result(channels_second(op, op.emit(name, {x}, pool_attributes(geometry, false)), rank));
}
void import_global_average_pool(Operator& op) {
  import_global_pool(op, "average_pool");
}
void import_global_max_pool(Operator& op) {
  import_global_pool(op, "max_pool");
}

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
  const ir::Shape shape = op.shape(x);
  const int64_t size = op.integer("size");
  op.require(size >= 1 && size <= 1 << 10, "size " + std::to_string(size));
  Windows row;
  row.w = {.in = shape[3], .kernel = size, .before = (size - 1) / 2, .after = size / 2};
  TensorId squares = op.emit("square", {x});
  squares = op.reshaped(squares, {int64_t{shape[0]} * shape[1] * shape[2], 1, shape[3], 1});
  squares = padded(op, squares, row, 0);
  TensorId mean = op.emit("average_pool", {squares}, pool_attributes(row, false));
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

void import_blocks(Operator& op, const char* name) {
  op.require(op.text("mode", "DCR") == "DCR", "mode CRD is not supported");
  op.require(op.rank(op.input(0)) == 4, "input must be [n, c, h, w]");
  const TensorId x = channels_last(op, op.input(0));
  op.result(channels_second(op, op.emit(name, {x}, {{"block", op.integer("blocksize")}}), 4));
}
void import_depth_to_space(Operator& op) {
  import_blocks(op, "depth_to_space");
}
void import_space_to_depth(Operator& op) {
  import_blocks(op, "space_to_depth");
}

constexpr Rule rules[] = {
    {"AveragePool", import_average_pool},
    {"BatchNormalization", import_batch_norm},
    {"Conv", import_conv},
    {"ConvTranspose", import_conv_transpose},
    {"DepthToSpace", import_depth_to_space},
    {"GlobalAveragePool", import_global_average_pool},
    {"GlobalMaxPool", import_global_max_pool},
    {"LRN", import_lrn},
    {"MaxPool", import_max_pool},
    {"SpaceToDepth", import_space_to_depth},
};

}  // namespace

std::span<const Rule> window_rules() {
  return rules;
}

}  // namespace mote::onnx

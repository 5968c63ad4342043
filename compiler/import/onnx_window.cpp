// Import rules of convolutions and of blocks of an image: the graph's ops work on [n, h, w, c], so
// each gets transposes around it.

#include <algorithm>

#include "compiler/import/onnx_windows.hpp"

namespace mote::onnx {
namespace {

Integers kernel_of(Operator& op, TensorId weights) {
  const ir::Shape shape = op.shape_copy(weights);
  op.require(shape.size() == 3 || shape.size() == 4,
             "weights of " + std::to_string(shape.size()) + " axes are not supported");
  Integers kernel(shape.begin() + 2, shape.end());
  const Integers named = op.integers("kernel_shape");
  op.require(named.empty() || named == kernel, "kernel_shape differs from the weights' shape");
  return kernel;
}

// Convolution over x [n, h, w, c] with weights [out, c / groups, kernel_h, kernel_w].
TensorId convolution(Operator& op, TensorId x, TensorId weights, TensorId bias, int64_t groups,
                     const Attributes& attributes) {
  const int64_t channels = op.shape(x)[3], outputs = op.shape(weights)[0];
  op.require(groups >= 1 && op.shape(weights)[1] * groups == channels && outputs % groups == 0,
             "channels, groups and weights don't fit");
  if (groups > 1 && groups == channels) {
    return op.emit("depthwise_conv2d", {x, op.transposed(weights, {1, 2, 3, 0}), bias}, attributes);
  }
  return op.emit("conv2d", {x, op.transposed(weights, {0, 2, 3, 1}), bias}, attributes);
}

void import_conv(Operator& op) {
  const int64_t rank = op.rank(op.input(0));
  TensorId x = channels_last(op, op.input(0)), weights = op.input(1);
  const Integers kernel = kernel_of(op, weights);
  op.require(static_cast<int64_t>(kernel.size()) + 2 == rank, "weights and input differ in rank");
  if (rank == 3) {
    const ir::Shape shape = op.shape_copy(weights);
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
  const ir::Shape shape = op.shape_copy(weights);
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
  if (rows.count != rows.full) y = op.part(y, 1, rows.begin, rows.count);
  if (columns.count != columns.full) y = op.part(y, 2, columns.begin, columns.count);
  op.result(channels_second(op, y, rank));
}

// Depth to space with the channel as the outermost part of the depth.
void import_column_blocks(Operator& op) {
  const TensorId x = op.input(0);
  op.require(op.rank(x) == 4, "input must be [n, c, h, w]");
  const ir::Shape s = op.shape_copy(x);
  const int64_t b = op.integer("blocksize");
  op.require(b >= 1 && b <= s[1] && s[1] % (b * b) == 0, "channels don't divide into blocks");
  const int64_t c = s[1] / (b * b);
  const TensorId parts = op.reshaped(x, {s[0], c, b, b, s[2], s[3]});
  op.result(op.reshaped(op.transposed(parts, {0, 1, 4, 2, 5, 3}), {s[0], c, s[2] * b, s[3] * b}));
}

void import_blocks(Operator& op, const char* name) {
  if (op.text("mode", "DCR") != "DCR") return import_column_blocks(op);
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
    {"Conv", import_conv},
    {"ConvTranspose", import_conv_transpose},
    {"DepthToSpace", import_depth_to_space},
    {"SpaceToDepth", import_space_to_depth},
};

}  // namespace

std::span<const Rule> window_rules() {
  return rules;
}

}  // namespace mote::onnx

#include "compiler/import/onnx_windows.hpp"

#include <algorithm>

namespace mote::onnx {
namespace {

void set_padding(const Operator& op, Axis& axis, const std::string& automatic) {
  if (automatic == "NOTSET") return;
  axis.before = axis.after = 0;
  if (automatic == "VALID") return;
  op.require(automatic == "SAME_UPPER" || automatic == "SAME_LOWER", "auto_pad " + automatic);
  const int64_t outputs = (axis.in + axis.stride - 1) / axis.stride;
  const int64_t total = std::max<int64_t>((outputs - 1) * axis.stride + axis.reach() - axis.in, 0);
  axis.before = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
  axis.after = total - axis.before;
}

}  // namespace

TensorId channels_last(Operator& op, TensorId x) {
  op.require(op.rank(x) == 4 || op.rank(x) == 3,
             "rank " + std::to_string(op.rank(x)) + " is not supported (images and series are)");
  const ir::Shape shape = op.shape_copy(x);
  if (shape.size() == 3) x = op.reshaped(x, {shape[0], shape[1], 1, shape[2]});
  return op.transposed(x, {0, 2, 3, 1});
}

TensorId channels_second(Operator& op, TensorId y, int64_t rank) {
  y = op.transposed(y, {0, 3, 1, 2});
  const ir::Shape shape = op.shape_copy(y);
  return rank == 4 ? y : op.reshaped(y, {shape[0], shape[1], shape[3]});
}

std::vector<Axis> window_axes(const Operator& op, const Integers& inputs, const Integers& kernel) {
  constexpr int64_t limit = 1 << 16;
  const size_t axes = kernel.size();
  op.require(axes == inputs.size(), "windows of " + std::to_string(axes) + " axes on an input of " +
                                        std::to_string(inputs.size()));
  const auto value = [&](const char* name, size_t index, size_t count, int64_t fallback) {
    const Integers values = op.integers(name);
    if (values.empty()) return fallback;
    op.require(values.size() == count,
               std::string(name) + " must have " + std::to_string(count) + " values");
    op.require(values[index] >= 0 && values[index] <= limit,
               std::string(name) + " " + std::to_string(values[index]) + " is not supported");
    return values[index];
  };
  std::vector<Axis> all(axes);
  for (size_t i = 0; i < axes; ++i) {
    Axis& axis = all[i];
    axis.in = inputs[i];
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
    const int64_t last = axis.out() * axis.stride;
    if (rest != 0 && last < axis.in + axis.before) axis.extra = axis.stride - rest;
  }
  return all;
}

Windows windows(const Operator& op, TensorId x, const Integers& kernel) {
  op.require(kernel.size() == 1 || kernel.size() == 2,
             "windows of " + std::to_string(kernel.size()) + " axes");
  const ir::Shape shape = op.shape_copy(x);
  if (kernel.size() == 1) return {Axis{}, window_axes(op, {shape[2]}, kernel)[0]};
  const auto axes = window_axes(op, {shape[1], shape[2]}, kernel);
  return {axes[0], axes[1]};
}

TensorId padded(Operator& op, TensorId x, const Windows& windows, float value) {
  const Axis &h = windows.h, &w = windows.w;
  const TensorId amounts =
      op.indices({0, 0, h.before, h.after + h.extra, w.before, w.after + w.extra, 0, 0}, {4, 2});
  return op.emit("pad", {x, amounts, op.reals(value)});
}

Attributes window_attributes(const Windows& windows, bool same) {
  return {{"stride_h", windows.h.stride},
          {"stride_w", windows.w.stride},
          {"padding", std::string(same ? "same" : "valid")}};
}

}  // namespace mote::onnx

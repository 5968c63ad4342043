// Import rules of pooling. The graph pools images without dilation; other windows are taken apart
// into their taps.

#include <algorithm>
#include <limits>

#include "compiler/import/onnx_windows.hpp"

namespace mote::onnx {
namespace {

using ir::DType;

Attributes pool_attributes(const Windows& windows, bool same) {
  Attributes attributes = window_attributes(windows, same);
  attributes["filter_h"] = windows.h.kernel;
  attributes["filter_w"] = windows.w.kernel;
  return attributes;
}

// A tensor of stored values as reals, and the way back for results that keep its values.
class Reals {
 public:
  Reals(Operator& op, TensorId x) : op_(op), stored_(x), id(x) {
    const ir::Tensor& tensor = op.tensor(x);
    if (tensor.dtype == DType::f32) return;
    op.require(tensor.dtype == DType::i8 || tensor.dtype == DType::u8,
               "input must be float32, int8 or uint8");
    id = tensor.quantization.empty() ? op.cast(x, DType::f32) : op.dequantized(x);
  }
  TensorId back(TensorId y) const {
    const ir::Tensor& tensor = op_.tensor(stored_);
    if (tensor.dtype == DType::f32) return y;
    if (tensor.quantization.empty()) return op_.cast(y, tensor.dtype);
    return op_.quantized(y, tensor.dtype, tensor.quantization);
  }

 private:
  Operator& op_;
  TensorId stored_;

 public:
  TensorId id;
};

// All taps of the windows, each as a tensor of the output's shape, joined by `join`. x: [n, c,
// ...].
TensorId joined_taps(Operator& op, TensorId x, const std::vector<Axis>& axes, float padding,
                     const char* join) {
  constexpr int64_t taps_max = 128;
  const size_t rank = op.shape(x).size();
  Integers amounts(2 * rank, 0);
  int64_t taps = 1;
  for (size_t i = 0; i < axes.size(); ++i) {
    amounts[2 * (i + 2)] = axes[i].before;
    amounts[2 * (i + 2) + 1] = axes[i].after + axes[i].extra;
    taps = std::min(taps * axes[i].kernel, taps_max + 1);
  }
  op.require(taps <= taps_max, "windows of over " + std::to_string(taps_max) +
                                   " taps are not supported with dilation or three axes");
  if (std::ranges::any_of(amounts, [](int64_t amount) { return amount > 0; })) {
    x = op.emit("pad",
                {x, op.indices(amounts, {static_cast<int32_t>(rank), 2}), op.reals(padding)});
  }
  TensorId all = ir::no_tensor;
  for (int64_t tap = 0; tap < taps; ++tap) {
    Integers begin(rank, 0), end(op.shape(x).begin(), op.shape(x).end()), step(rank, 1);
    int64_t rest = tap;
    for (size_t i = axes.size(); i-- > 0;) {
      begin[i + 2] = rest % axes[i].kernel * axes[i].dilation;
      end[i + 2] = begin[i + 2] + (axes[i].out() - 1) * axes[i].stride + 1;
      step[i + 2] = axes[i].stride;
      rest /= axes[i].kernel;
    }
    const TensorId one =
        op.emit("strided_slice", {x, op.indices(begin), op.indices(end), op.indices(step)});
    all = all == ir::no_tensor ? one : op.emit(join, {all, one});
  }
  return all;
}

std::vector<Axis> axes_of(Operator& op, TensorId x, const Integers& kernel) {
  const ir::Shape shape = op.shape_copy(x);
  op.require(shape.size() >= 3, "input must be [n, c, ...]");
  return window_axes(op, {shape.begin() + 2, shape.end()}, kernel);
}

bool in_taps(const std::vector<Axis>& axes) {
  return axes.size() > 2 ||
         std::ranges::any_of(axes, [](const Axis& axis) { return axis.dilation != 1; });
}

void import_max_pool(Operator& op) {
  op.require(!op.wants(1), "positions of the largest values are not supported");
  const Reals reals(op, op.input(0));
  const Integers kernel = op.integers("kernel_shape");
  constexpr float lowest = std::numeric_limits<float>::lowest();
  const auto axes = axes_of(op, reals.id, kernel);
  if (in_taps(axes)) {
    return op.result(reals.back(joined_taps(op, reals.id, axes, lowest, "maximum")));
  }
  const int64_t rank = op.rank(reals.id);
  TensorId x = channels_last(op, reals.id);
  const Windows geometry = windows(op, x, kernel);
  const bool same = geometry.same() && !geometry.valid();
  if (!same && !geometry.valid()) x = padded(op, x, geometry, lowest);
  const TensorId y = op.emit("max_pool", {x}, pool_attributes(geometry, same));
  op.result(reals.back(channels_second(op, y, rank)));
}

// By output of the axis: inputs that its window averages over.
std::vector<int64_t> terms(const Axis& axis, bool count_padding) {
  std::vector<int64_t> counts(static_cast<size_t>(axis.out()), 0);
  const int64_t low = count_padding ? 0 : axis.before;
  const int64_t high = axis.before + axis.in + (count_padding ? axis.after : 0);
  for (int64_t o = 0; o < axis.out(); ++o) {
    for (int64_t k = 0; k < axis.kernel; ++k) {
      const int64_t at = o * axis.stride + k * axis.dilation;
      counts[static_cast<size_t>(o)] += at >= low && at < high ? 1 : 0;
    }
  }
  return counts;
}

// `whole` over the number of terms of each window, in the order of its axes.
std::vector<float> shares(const Operator& op, const std::vector<Axis>& axes, bool count_padding,
                          float whole) {
  std::vector<int64_t> products{1};
  for (const Axis& axis : axes) {
    std::vector<int64_t> finer;
    for (const int64_t product : products) {
      for (const int64_t count : terms(axis, count_padding)) {
        op.require(count > 0, "a window lies in the padding alone");
        finer.push_back(product * count);
      }
    }
    products = std::move(finer);
  }
  std::vector<float> factors;
  for (const int64_t product : products) factors.push_back(whole / static_cast<float>(product));
  return factors;
}

void import_average_pool(Operator& op) {
  const Reals reals(op, op.input(0));
  const Integers kernel = op.integers("kernel_shape");
  const bool count_padding = op.integer("count_include_pad", 0) != 0;
  const auto axes = axes_of(op, reals.id, kernel);
  if (in_taps(axes)) {
    const TensorId sum = joined_taps(op, reals.id, axes, 0, "add");
    ir::Shape shape = op.shape(sum);
    shape[0] = shape[1] = 1;
    const TensorId share = op.reals(shape, shares(op, axes, count_padding, 1));
    return op.result(reals.back(op.emit("mul", {sum, share})));
  }
  const int64_t rank = op.rank(reals.id);
  TensorId x = channels_last(op, reals.id);
  const Windows geometry = windows(op, x, kernel);
  const bool same = geometry.same() && !geometry.valid() && !count_padding;
  if (!same && !geometry.valid()) x = padded(op, x, geometry, 0);
  TensorId y = op.emit("average_pool", {x}, pool_attributes(geometry, same));
  // The op counts the zeros that have been added as terms.
  const auto area = static_cast<float>(geometry.h.kernel * geometry.w.kernel);
  const auto factors = shares(op, axes, count_padding, area);
  if (!same && std::ranges::any_of(factors, [](float factor) { return factor != 1; })) {
    const ir::Shape shape{1, op.shape(y)[1], op.shape(y)[2], 1};
    y = op.emit("mul", {y, op.reals(shape, factors)});
  }
  op.result(reals.back(channels_second(op, y, rank)));
}

void import_global_pool(Operator& op, const char* name) {
  const Reals reals(op, op.input(0));
  const int64_t rank = op.rank(reals.id);
  const TensorId x = channels_last(op, reals.id);
  Windows geometry;
  geometry.h.kernel = op.shape(x)[1];
  geometry.w.kernel = op.shape(x)[2];
  const TensorId y = op.emit(name, {x}, pool_attributes(geometry, false));
  op.result(reals.back(channels_second(op, y, rank)));
}
void import_global_average_pool(Operator& op) {
  import_global_pool(op, "average_pool");
}
void import_global_max_pool(Operator& op) {
  import_global_pool(op, "max_pool");
}

constexpr Rule rules[] = {
    {"AveragePool", import_average_pool},
    {"GlobalAveragePool", import_global_average_pool},
    {"GlobalMaxPool", import_global_max_pool},
    {"MaxPool", import_max_pool},
};

}  // namespace

std::span<const Rule> pool_rules() {
  return rules;
}

}  // namespace mote::onnx

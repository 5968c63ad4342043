// Import rules of resizing, axis by axis: nearest neighbours are gathered, and whatever weighs its
// neighbours is a product with a constant matrix. Coordinates, neighbours and weights are those of
// ONNX's reference (onnx/reference/ops/op_resize.py).

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compiler/import/onnx_windows.hpp"

namespace mote::onnx {
namespace {

// One axis.
struct Axis {
  int64_t in, out;
  double scale;
  double roi_begin = 0, roi_end = 1;
};

struct Modes {
  std::string coordinates, nearest;
  bool cubic, antialias, exclude_outside;
  double cubic_a, extrapolation;

  explicit Modes(const Operator& op)
      : coordinates(op.text("coordinate_transformation_mode",
                            first_version(op) ? "asymmetric" : "half_pixel")),
        nearest(op.text("nearest_mode", first_version(op) ? "floor" : "round_prefer_floor")),
        cubic(op.text("mode", "nearest") == "cubic"),
        antialias(op.integer("antialias", 0) != 0),
        exclude_outside(op.integer("exclude_outside", 0) != 0),
        cubic_a(op.real("cubic_coeff_a", -0.75)),
        extrapolation(op.real("extrapolation_value", 0)) {}

  static bool first_version(const Operator& op) {
    return op.type() == "Upsample" || op.opset() < 11;
  }
};

// Where output position `at` of an axis lies in the input.
double source_position(const Operator& op, const Modes& modes, const Axis& axis, int64_t at) {
  const auto o = static_cast<double>(at), in = static_cast<double>(axis.in);
  const double out = axis.scale * in;  // before it is cut to a whole number
  const std::string& mode = modes.coordinates;
  if (mode == "asymmetric") return o / axis.scale;
  if (mode == "align_corners") return axis.out == 1 ? 0 : o * (in - 1) / (out - 1);
  if (mode == "tf_crop_and_resize") {
    if (axis.out == 1) return (axis.roi_begin + axis.roi_end) * (in - 1) / 2;
    const double step = (axis.roi_end - axis.roi_begin) * (in - 1) / (out - 1);
    return axis.roi_begin * (in - 1) + o * step;
  }
  if (mode == "pytorch_half_pixel" && axis.out == 1) return -0.5;
  double offset = 0;
  if (mode == "half_pixel_symmetric") offset = in / 2 * (1 - static_cast<double>(axis.out) / out);
  op.require(mode == "half_pixel" || mode == "pytorch_half_pixel" || mode == "half_pixel_symmetric",
             "coordinate_transformation_mode " + mode + " is not supported");
  return offset + (o + 0.5) / axis.scale - 0.5;
}

TensorId nearest(Operator& op, TensorId x, size_t k, const Modes& modes, const Axis& axis) {
  Integers from;
  for (int64_t o = 0; o < axis.out; ++o) {
    const double p = source_position(op, modes, axis, o);
    op.require(modes.coordinates != "tf_crop_and_resize" ||
                   (p >= 0 && p <= static_cast<double>(axis.in - 1)),
               "crops beyond the image are not supported with nearest neighbours");
    double nearest = std::ceil(p - 0.5);
    if (modes.nearest == "round_prefer_ceil") nearest = std::floor(p + 0.5);
    if (modes.nearest == "floor") nearest = std::floor(p);
    if (modes.nearest == "ceil") nearest = std::ceil(p);
    from.push_back(
        static_cast<int64_t>(std::clamp(nearest, 0.0, static_cast<double>(axis.in - 1))));
  }
  bool same = axis.in == axis.out;
  for (int64_t o = 0; same && o < axis.out; ++o) same = from[static_cast<size_t>(o)] == o;
  if (same) return x;
  return op.emit("gather", {x, op.indices(from)}, {{"axis", static_cast<int64_t>(k)}});
}

double cubic_weight(double distance, double a) {
  const double x = std::abs(distance), x2 = x * x, x3 = x2 * x;
  if (x <= 1) return (a + 2) * x3 - (a + 3) * x2 + 1;
  return x < 2 ? a * x3 - 5 * a * x2 + 8 * a * x - 4 * a : 0;
}

// Weights of the neighbours from `first` on of a position.
struct Neighbours {
  int64_t first;
  std::vector<double> weights;
};

Neighbours neighbours(const Modes& modes, const Axis& axis, double position) {
  const double left = std::ceil(position) - 1, ratio = position - left;  // ratio in (0, 1]
  const double stretch = modes.antialias ? std::min(axis.scale, 1.0) : 1;
  const double reach = modes.cubic ? 2 : 1;
  const double begin = std::floor(-reach / stretch) + 1;
  Neighbours made{static_cast<int64_t>(left + begin), {}};
  for (double i = begin; i < 2 - begin; ++i) {
    const double distance = (i - ratio) * stretch;
    made.weights.push_back(modes.cubic ? cubic_weight(distance, modes.cubic_a)
                                       : std::max(0.0, 1 - std::abs(distance)));
  }
  if (modes.exclude_outside) {
    for (size_t i = 0; i < made.weights.size(); ++i) {
      const int64_t at = made.first + static_cast<int64_t>(i);
      if (at < 0 || at >= axis.in) made.weights[i] = 0;
    }
  }
  if (modes.exclude_outside || modes.antialias) {
    const double sum = std::accumulate(made.weights.begin(), made.weights.end(), 0.0);
    for (double& weight : made.weights) weight /= sum;
  }
  return made;
}

TensorId weighted(Operator& op, TensorId x, size_t k, const Modes& modes, const Axis& axis) {
  constexpr int64_t entries_max = 1 << 24;
  op.require(axis.in * axis.out <= entries_max, "the axis is too long");
  op.require(modes.antialias ? axis.scale > 1e-3 : true, "scale of an axis");
  const auto in = static_cast<size_t>(axis.in);
  std::vector<float> matrix(in * static_cast<size_t>(axis.out), 0.0f);
  std::vector<float> beyond(static_cast<size_t>(axis.out), 0.0f);
  for (int64_t o = 0; o < axis.out; ++o) {
    const double position = source_position(op, modes, axis, o);
    const auto row = static_cast<size_t>(o);
    if (modes.coordinates == "tf_crop_and_resize" &&
        (position < 0 || position > static_cast<double>(axis.in - 1))) {
      beyond[row] = static_cast<float>(modes.extrapolation);
      continue;
    }
    const Neighbours around = neighbours(modes, axis, position);
    for (size_t i = 0; i < around.weights.size(); ++i) {
      const int64_t at =
          std::clamp<int64_t>(around.first + static_cast<int64_t>(i), 0, axis.in - 1);
      matrix[row * in + static_cast<size_t>(at)] += static_cast<float>(around.weights[i]);
    }
  }
  Integers order;
  for (size_t i = 0; i < op.shape(x).size(); ++i) order.push_back(static_cast<int64_t>(i));
  std::swap(order[k], order.back());
  const TensorId weights =
      op.reals({static_cast<int32_t>(axis.out), static_cast<int32_t>(axis.in)}, matrix);
  const TensorId bias = op.reals({static_cast<int32_t>(axis.out)}, beyond);
  const TensorId y = op.emit("fully_connected", {op.transposed(x, order), weights, bias},
                             {{"keep_dims", int64_t{1}}});
  return op.transposed(y, order);
}

// What the node says of each axis that it names.
std::vector<std::pair<size_t, Axis>> resized_axes(Operator& op, TensorId x) {
  const int64_t rank = op.rank(x);
  const size_t scales_at = Modes::first_version(op) ? 1 : 2;
  const bool scaled = op.has_input(scales_at) && op.tensor(op.inputs[scales_at]).elements() > 0;
  const auto scales = scaled ? op.constant_reals(scales_at) : std::vector<float>{};
  const Integers sizes = scaled ? Integers{} : op.constant_integers(3);
  Integers axes = op.integers("axes");
  if (axes.empty()) {
    axes.resize(op.shape(x).size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  const size_t count = axes.size();
  op.require(count > 0 && (scaled ? scales.size() : sizes.size()) == count,
             "needs a value per axis");
  std::vector<float> roi;
  if (op.text("coordinate_transformation_mode", "") == "tf_crop_and_resize") {
    roi = op.constant_reals(1);
    op.require(roi.size() == 2 * count, "needs a begin and an end of what it crops per axis");
    for (const float end : roi) op.require(std::isfinite(end), "an end of what it crops");
  }
  const std::string policy = op.text("keep_aspect_ratio_policy", "stretch");
  std::vector<std::pair<size_t, Axis>> all;
  std::vector<double> ratios;
  for (size_t i = 0; i < count; ++i) {
    const auto k = static_cast<size_t>(op.axis(axes[i], rank));
    const int64_t in = op.shape(x)[k];
    ratios.push_back(scaled ? static_cast<double>(scales[i])
                            : static_cast<double>(sizes[i]) / static_cast<double>(in));
    all.push_back({k, {in, 0, 0}});
    if (!roi.empty()) {
      all.back().second.roi_begin = static_cast<double>(roi[i]);
      all.back().second.roi_end = static_cast<double>(roi[i + count]);
    }
  }
  const bool keep = !scaled && policy != "stretch";
  op.require(!keep || policy == "not_larger" || policy == "not_smaller",
             "keep_aspect_ratio_policy " + policy + " is not supported");
  const double common = policy == "not_larger" ? *std::ranges::min_element(ratios)
                                               : *std::ranges::max_element(ratios);
  for (size_t i = 0; i < count; ++i) {
    Axis& axis = all[i].second;
    const auto in = static_cast<double>(axis.in);
    axis.scale = keep ? common : ratios[i];
    op.require(axis.scale > 0 && axis.scale * in < 1 << 20, "scale of an axis");
    axis.out = static_cast<int64_t>(std::floor(axis.scale * in));
    if (!scaled) axis.out = keep ? static_cast<int64_t>(std::floor(common * in + 0.5)) : sizes[i];
    op.require(axis.out >= 1, "nothing is left of an axis");
  }
  return all;
}

// Whether the graph has an op for it: an image, its height and width resized linearly.
bool is_bilinear(const Modes& modes, const std::string& mode,
                 const std::vector<std::pair<size_t, Axis>>& axes, size_t rank) {
  const std::string& at = modes.coordinates;
  if (mode != "linear" || modes.antialias || modes.exclude_outside || rank != 4) return false;
  if (at != "half_pixel" && at != "align_corners" && at != "asymmetric") return false;
  return std::ranges::all_of(axes, [](const auto& entry) {
    const auto& [k, axis] = entry;
    const double out = axis.scale * static_cast<double>(axis.in);
    return k >= 2 ? out == static_cast<double>(axis.out) : axis.in == axis.out && axis.scale == 1;
  });
}

TensorId bilinear(Operator& op, TensorId x, const Modes& modes,
                  const std::vector<std::pair<size_t, Axis>>& axes) {
  Integers size{op.shape(x)[2], op.shape(x)[3]};
  for (const auto& [k, axis] : axes) {
    if (k >= 2) size[k - 2] = axis.out;
  }
  const TensorId y = op.emit("resize_bilinear", {channels_last(op, x), op.indices(size)},
                             {{"align_corners", int64_t{modes.coordinates == "align_corners"}},
                              {"half_pixel_centers", int64_t{modes.coordinates == "half_pixel"}}});
  return channels_second(op, y, 4);
}

void import_resize(Operator& op) {
  TensorId x = op.input(0);
  const Modes modes(op);
  const std::string mode = op.text("mode", "nearest");
  op.require(mode == "nearest" || mode == "linear" || mode == "cubic",
             "mode " + mode + " is not supported");
  const auto axes = resized_axes(op, x);
  if (is_bilinear(modes, mode, axes, op.shape(x).size())) {
    return op.result(bilinear(op, x, modes, axes));
  }
  for (const auto& [k, axis] : axes) {
    const bool crops = modes.coordinates == "tf_crop_and_resize";
    if (axis.in == axis.out && axis.scale == 1 && !crops) continue;
    x = mode == "nearest" ? nearest(op, x, k, modes, axis) : weighted(op, x, k, modes, axis);
  }
  op.result(x);
}

constexpr Rule rules[] = {{"Resize", import_resize}, {"Upsample", import_resize}};

}  // namespace

std::span<const Rule> resize_rules() {
  return rules;
}

}  // namespace mote::onnx

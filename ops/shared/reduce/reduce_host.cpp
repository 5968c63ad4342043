#include "ops/shared/reduce/reduce_host.hpp"

#include <algorithm>
#include <bit>

#include "compiler/ir/requantize.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/reduce/reduce_f32_reference.hpp"
#include "ops/shared/reduce/reduce_s16_reference.hpp"
#include "ops/shared/reduce/reduce_s8_reference.hpp"

namespace mote::shared {
namespace {

using namespace ir;

// By axis of x: whether it is reduced.
std::vector<bool> reduced_axes(const Graph& graph, const Node& node) {
  const size_t rank = input(graph, node, 0).shape.size();
  std::vector<bool> reduced(rank, false);
  for (int32_t axis : constant_ints(graph, node, 1)) reduced[axis_index(node, axis, rank)] = true;
  return reduced;
}

// Up to three axes of one kind; neighbours that x runs through as one axis are joined.
struct Axes {
  int32_t extent[3] = {1, 1, 1}, stride[3] = {0, 0, 0};

  Axes(const Node& node, const Shape& shape, const std::vector<bool>& reduced, bool kind) {
    const auto strides = dense_strides(shape);
    std::vector<std::pair<int64_t, int64_t>> all;
    for (size_t k = 0; k < shape.size(); ++k) {
      if (reduced[k] != kind || shape[k] == 1) continue;
      if (!all.empty() && all.back().second == strides[k] * shape[k]) {
        all.back() = {all.back().first * shape[k], strides[k]};
      } else {
        all.emplace_back(shape[k], strides[k]);
      }
    }
    require(all.size() <= 3, node, "reduces too many separate axes");
    for (size_t k = 0; k < all.size(); ++k) {
      extent[3 - all.size() + k] = static_cast<int32_t>(all[k].first);
      stride[3 - all.size() + k] = static_cast<int32_t>(all[k].second);
    }
  }
};

template <class P>
void set_shape(const Graph& graph, const Node& node, ReduceFunction f, P& p) {
  const Shape& shape = input(graph, node, 0).shape;
  const auto reduced = reduced_axes(graph, node);
  const Axes kept(node, shape, reduced, false), gone(node, shape, reduced, true);
  p.k0 = kept.extent[0], p.k1 = kept.extent[1], p.k2 = kept.extent[2];
  p.k_stride0 = kept.stride[0], p.k_stride1 = kept.stride[1], p.k_stride2 = kept.stride[2];
  p.r0 = gone.extent[0], p.r1 = gone.extent[1], p.r2 = gone.extent[2];
  p.r_stride0 = gone.stride[0], p.r_stride1 = gone.stride[1], p.r_stride2 = gone.stride[2];
  p.function = static_cast<int32_t>(f);
}

// TensorFlow Lite's multiplier of a mean: the ratio of scales over the number of terms.
void set_scales(const Graph& graph, const Node& node, ReduceFunction f, ReduceParams& p) {
  const Tensor& x = input(graph, node, 0);
  const Tensor& y = output(graph, node);
  if (f == ReduceFunction::largest || f == ReduceFunction::smallest) {
    require_same_quantization(node, x, y);
    return;
  }
  const Multiplier m =
      quantize_multiplier(static_cast<double>(x.scale()) / static_cast<double>(y.scale()));
  p.x_zero = x.zero_point();
  p.output_zero = y.zero_point();
  p.multiplier = m.multiplier;
  p.shift = m.shift;
  if (f == ReduceFunction::sum) return;
  const int64_t count = int64_t{p.r0} * p.r1 * p.r2;
  const auto bits = static_cast<int32_t>(std::bit_width(static_cast<uint64_t>(count))) - 1;
  const int32_t shift = std::min({bits, 32, 31 + m.shift});
  p.multiplier = static_cast<int32_t>((int64_t{m.multiplier} << shift) / count);
  p.shift = m.shift - shift;
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return input(graph, node, 0).dtype == type;
}

constexpr KernelVariant s8_variant{fits<DType::i8>, nullptr, reduce_additions};
constexpr KernelVariant s16_variant{fits<DType::i16>, nullptr, reduce_additions};
constexpr KernelVariant f32_variant{fits<DType::f32>, nullptr, reduce_additions};
#define MOTE_OP_FOLDER "ops/shared/reduce"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/reduce/kernels.inc"
};

}  // namespace

void infer_reduce(Graph& graph, const Node& node) {
  const Tensor& x = input(graph, node, 0);
  const auto reduced = reduced_axes(graph, node);
  const bool keep = node.integer("keep_dims", 0) != 0;
  Shape shape;
  for (size_t k = 0; k < reduced.size(); ++k) {
    if (!reduced[k]) shape.push_back(x.shape[k]);
    if (reduced[k] && keep) shape.push_back(1);
  }
  if (shape.empty()) shape.push_back(1);
  set_output(graph, node, 0, x.dtype, shape);
}

int64_t reduce_additions(const Graph& graph, const Node& node) {
  return 6 * input(graph, node, 0).elements();
}

KernelInfo reduce_kernel(size_t index) {
  return kernels[index];
}

LoweredOp lower_reduce(const Graph& graph, const Node& node, ReduceFunction f) {
  LoweredOp lowered;
  if (input(graph, node, 0).dtype == DType::f32) {
    ReduceFloatParams params{};
    set_shape(graph, node, f, params);
    lowered.params = make_params(params);
  } else {
    ReduceParams params{};
    set_shape(graph, node, f, params);
    set_scales(graph, node, f, params);
    lowered.params = make_params(params);
  }
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

}  // namespace mote::shared

#include "ops/shared/binary/binary_host.hpp"

#include <algorithm>
#include <cstring>

#include "compiler/ir/requantize.hpp"
#include "ops/shared/binary/binary_f32_reference.hpp"
#include "ops/shared/binary/binary_s16_reference.hpp"
#include "ops/shared/binary/binary_s32_reference.hpp"
#include "ops/shared/binary/binary_s8_reference.hpp"
#include "ops/shared/binary/compare_f32_reference.hpp"
#include "ops/shared/binary/compare_s16_reference.hpp"
#include "ops/shared/binary/compare_s32_reference.hpp"
#include "ops/shared/broadcast_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote::shared {
namespace {

using namespace ir;

Broadcast both(const Graph& graph, const Node& node) {
  return {node, {input(graph, node, 0).shape, input(graph, node, 1).shape}};
}

// The broadcast on four axes.
template <class P>
void set_shape(const Graph& graph, const Node& node, BinaryFunction f, P& p) {
  const BroadcastAxes axes(node, both(graph, node), 4);
  const auto& n = axes.extents;
  const auto& a = axes.strides[0];
  const auto& b = axes.strides[1];
  p.n0 = n[0], p.n1 = n[1], p.n2 = n[2], p.n3 = n[3];
  p.a_stride0 = a[0], p.a_stride1 = a[1], p.a_stride2 = a[2], p.a_stride3 = a[3];
  p.b_stride0 = b[0], p.b_stride1 = b[1], p.b_stride2 = b[2], p.b_stride3 = b[3];
  p.function = static_cast<int32_t>(f);
}

bool compares(BinaryFunction f) {
  return f >= BinaryFunction::equal && f <= BinaryFunction::logical_or;
}

// How both inputs come to a common scale and the result to y's.
void set_scales(const Graph& graph, const Node& node, BinaryFunction f, BinaryParams& p) {
  const Tensor& a = input(graph, node, 0);
  const Tensor& b = input(graph, node, 1);
  const Tensor& y = output(graph, node);
  require(f != BinaryFunction::divide && f != BinaryFunction::floor_divide &&
              f != BinaryFunction::floor_modulo,
          node, "division of quantised tensors is not supported");
  const double sa = static_cast<double>(a.scale()), sb = static_cast<double>(b.scale());
  const double twice = 2 * std::max(sa, sb);
  p.a_zero = a.zero_point();
  p.b_zero = b.zero_point();
  double result = 1;
  if (compares(f)) {
    p.left_shift = 8;
  } else {
    const double sy = static_cast<double>(y.scale());
    p.output_zero = y.zero_point();
    p.left_shift = a.dtype == DType::i16 ? 15 : 20;
    result = twice / ((1 << p.left_shift) * sy);
    if (f == BinaryFunction::multiply) result = sa * sb / sy;
    if (f == BinaryFunction::squared_difference) {
      p.left_shift = a.dtype == DType::i16 ? 0 : 7;
      result = twice * twice / ((int64_t{1} << (2 * p.left_shift)) * sy);
    }
    const ActivationRange range = activation_range(node, y);
    p.activation_min = range.min;
    p.activation_max = range.max;
  }
  const auto set = [](double real, int32_t& multiplier, int32_t& shift) {
    const Multiplier m = quantize_multiplier(real);
    multiplier = m.multiplier;
    shift = m.shift;
  };
  set(compares(f) ? sa : sa / twice, p.a_multiplier, p.a_shift);
  set(compares(f) ? sb : sb / twice, p.b_multiplier, p.b_shift);
  set(result, p.output_multiplier, p.output_shift);
  if (f == BinaryFunction::prelu) {
    const double sy = static_cast<double>(y.scale());
    set(sa / sy, p.a_multiplier, p.a_shift);
    set(sa * sb / sy, p.output_multiplier, p.output_shift);
  }
  const bool stored = f == BinaryFunction::maximum || f == BinaryFunction::minimum;
  if (f == BinaryFunction::subtract) {  // TensorFlow Lite computes these ratios in float
    const float twice_float = 2 * std::max(a.scale(), b.scale());
    set(static_cast<double>(a.scale() / twice_float), p.a_multiplier, p.a_shift);
    set(static_cast<double>(b.scale() / twice_float), p.b_multiplier, p.b_shift);
    const float unit = static_cast<float>(1 << p.left_shift) * y.scale();
    set(static_cast<double>(twice_float / unit), p.output_multiplier, p.output_shift);
  }
  if (stored) {
    require_same_quantization(node, a, y);
    require_same_quantization(node, b, y);
  }
}

template <DType in, bool comparison>
bool fits(const Graph& graph, const Node& node) {
  const DType y = output(graph, node).dtype;
  const DType x = input(graph, node, 0).dtype;
  const bool boolean = in == DType::i8 && x == DType::boolean;  // logic, bytes 0 and 1
  return (x == in || boolean) && input(graph, node, 1).dtype == x &&
         y == (comparison ? DType::boolean : in);
}

// Booleans as results of the int8 kernel, whose elements have the same size.
bool fits_s8(const Graph& graph, const Node& node) {
  return fits<DType::i8, false>(graph, node) || fits<DType::i8, true>(graph, node);
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 30 * output(graph, node).elements();
}

constexpr KernelVariant none{nullptr, nullptr, instructions};
#define MOTE_OP_FOLDER "ops/shared/binary"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/binary/kernels.inc"
};
static_assert(std::size(kernels) == binary_kernel_count);

void infer_as(Graph& graph, const Node& node, bool comparison) {
  const Tensor& a = input(graph, node, 0);
  const Tensor& b = input(graph, node, 1);
  require(a.dtype == b.dtype, node, "inputs differ in type");
  const Broadcast all = both(graph, node);
  set_output(graph, node, 0, comparison ? DType::boolean : a.dtype,
             all.shape.empty() ? Shape{1} : all.shape);
}

}  // namespace

void infer_binary(Graph& graph, const Node& node) {
  infer_as(graph, node, false);
}
void infer_comparison(Graph& graph, const Node& node) {
  infer_as(graph, node, true);
}

KernelInfo binary_kernel(size_t index) {
  using Fits = bool (*)(const Graph&, const Node&);
  constexpr Fits by_line[] = {
      fits<DType::f32, false>, fits<DType::i32, false>, fits<DType::i16, false>, fits_s8,
      fits<DType::f32, true>,  fits<DType::i32, true>,  fits<DType::i16, true>};
  KernelInfo info = kernels[index];
  info.fits = by_line[index];
  return info;
}

LoweredOp lower_binary(const Graph& graph, const Node& node, BinaryFunction f) {
  LoweredOp lowered;
  const DType type = input(graph, node, 0).dtype;
  if (type == DType::f32) {
    BinaryFloatParams params{};
    set_shape(graph, node, f, params);
    const FloatRange range = float_activation(node);
    params.activation_min = range.min;
    params.activation_max = range.max;
    lowered.params = make_params(params);
  } else {
    BinaryParams params{};
    set_shape(graph, node, f, params);
    params.activation_min = INT32_MIN;
    params.activation_max = INT32_MAX;
    const bool plain = type == DType::i32 || type == DType::boolean;
    if (!plain) set_scales(graph, node, f, params);
    if (type == DType::boolean) {  // stored values themselves are compared
      params.a_multiplier = params.b_multiplier = 1 << 30;
      params.a_shift = params.b_shift = 1;
    }
    if (type == DType::i32) {
      const FloatRange range = float_activation(node);
      if (range.min > -10) params.activation_min = static_cast<int32_t>(range.min);
      if (range.max < 10) params.activation_max = static_cast<int32_t>(range.max);
    }
    lowered.params = make_params(params);
  }
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  // In place over a, when a is as large as y: element i is read before y's element i is written.
  if (input(graph, node, 0).byte_size() == output(graph, node).byte_size()) {
    lowered.overlap_output = 2;
    lowered.overlap_input = 0;
  }
  return lowered;
}

}  // namespace mote::shared

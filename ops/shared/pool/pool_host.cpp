#include "ops/shared/pool/pool_host.hpp"

#include <cmath>

#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/pool/pool_f32_reference.hpp"
#include "ops/shared/pool/pool_s16_reference.hpp"
#include "ops/shared/pool/pool_s8.hpp"
#include "ops/shared/pool/pool_s8_any_reference.hpp"

namespace mote::shared {
namespace {

using namespace ir;

struct Geometry {
  WindowAxis rows, columns;
  int32_t filter_h, filter_w, stride_h, stride_w;

  Geometry(const Graph& graph, const Node& node)
      : filter_h(narrow(node, "filter_h")),
        filter_w(narrow(node, "filter_w")),
        stride_h(narrow(node, "stride_h")),
        stride_w(narrow(node, "stride_w")) {
    const Shape& x = input(graph, node, 0).shape;
    require(x.size() == 4, node, "input must be [n, h, w, c]");
    rows = window_axis(node, ImageAxis::h, x[1], filter_h);
    columns = window_axis(node, ImageAxis::w, x[2], filter_w);
  }

  static int32_t narrow(const Node& node, const char* attribute) {
    const int64_t value = node.integer(attribute);
    require(value >= 1 && value <= 1 << 16, node,
            std::string(attribute) + " is " + std::to_string(value));
    return static_cast<int32_t>(value);
  }
};

// What all params structs begin with; the clamp is left to the caller.
template <class P>
P make_geometry(const Graph& graph, const Node& node) {
  const Geometry geometry(graph, node);
  const Shape& x = input(graph, node, 0).shape;
  P params{};
  params.batches = x[0];
  params.in_h = x[1];
  params.in_w = x[2];
  params.channels = x[3];
  params.out_h = geometry.rows.out;
  params.out_w = geometry.columns.out;
  params.filter_h = geometry.filter_h;
  params.filter_w = geometry.filter_w;
  params.stride_h = geometry.stride_h;
  params.stride_w = geometry.stride_w;
  params.pad_top = geometry.rows.pad_before;
  params.pad_left = geometry.columns.pad_before;
  return params;
}

template <class P>
LoweredOp one_to_one(const Node& node, const P& params) {
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

bool rounds_up(const Node& node) {
  return node.integer("uint8", 0) != 0;
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return input(graph, node, 0).dtype == type && output(graph, node).dtype == type;
}

void require_one_quantization(const Graph& graph, const Node& node) {
  const Tensor& x = input(graph, node, 0);
  const Tensor& y = output(graph, node);
  require(x.zero_point() == y.zero_point() && std::fabs(x.scale() - y.scale()) <= 1e-6f, node,
          "input and output must have the same quantisation");
}

LoweredOp lower_f32(const Graph& graph, const Node& node, PoolFunction function) {
  auto params = make_geometry<PoolF32Params>(graph, node);
  const FloatRange range = float_activation(node);
  params.function = static_cast<int32_t>(function);
  params.activation_min = range.min;
  params.activation_max = range.max;
  return one_to_one(node, params);
}

LoweredOp lower_integer(const Graph& graph, const Node& node, PoolFunction function) {
  require_one_quantization(graph, node);
  auto params = make_geometry<PoolIntegerParams>(graph, node);
  const ActivationRange range = activation_range(node, output(graph, node));
  params.function = static_cast<int32_t>(
      function == PoolFunction::mean && rounds_up(node) ? PoolFunction::mean_halves_up : function);
  params.activation_min = range.min;
  params.activation_max = range.max;
  return one_to_one(node, params);
}

template <PoolFunction function>
LoweredOp lower(const Graph& graph, const Node& node) {
  return input(graph, node, 0).dtype == DType::f32 ? lower_f32(graph, node, function)
                                                   : lower_integer(graph, node, function);
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 12 * output(graph, node).elements() * node.integer("filter_h") * node.integer("filter_w") +
         40 * output(graph, node).elements();
}

constexpr KernelVariant none{nullptr, nullptr, nullptr};
#define MOTE_OP_FOLDER "ops/shared/pool"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/pool/kernels.inc"
};

}  // namespace

KernelInfo pool_kernel(PoolTypes types, PoolFunction function) {
  using Fits = bool (*)(const Graph&, const Node&);
  constexpr Fits by_line[] = {fits<DType::f32>, fits<DType::i8>, fits<DType::i16>};
  using Lower = LoweredOp (*)(const Graph&, const Node&);
  constexpr Lower by_function[] = {lower<PoolFunction::mean>, lower<PoolFunction::largest>,
                                   lower<PoolFunction::root_mean_square>};
  KernelInfo info = kernels[static_cast<size_t>(types)];
  info.fits = by_line[static_cast<size_t>(types)];
  info.lower = by_function[static_cast<size_t>(function)];
  info.instructions = instructions;
  return info;
}

void infer_pool(Graph& graph, const Node& node) {
  const Geometry geometry(graph, node);
  const Tensor& x = input(graph, node, 0);
  set_output(graph, node, 0, x.dtype,
             {x.shape[0], geometry.rows.out, geometry.columns.out, x.shape[3]});
}

constexpr int32_t pool_2d_options = 5;

void import_pool(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(pool_2d_options);
  node.attributes["padding"] = options.padding(0);
  node.attributes["stride_w"] = int64_t{options.integer(1)};
  node.attributes["stride_h"] = int64_t{options.integer(2)};
  node.attributes["filter_w"] = int64_t{options.integer(3)};
  node.attributes["filter_h"] = int64_t{options.integer(4)};
  node.attributes["activation"] = options.activation(5);
}

void write_pool(tflite::OperatorWriter& out) {
  out.options(pool_2d_options);
  out.padding(0);
  out.integer(1, out.node().integer("stride_w"));
  out.integer(2, out.node().integer("stride_h"));
  out.integer(3, out.node().integer("filter_w"));
  out.integer(4, out.node().integer("filter_h"));
  out.activation(5);
}

bool fits_pool_s8(const Graph& graph, const Node& node) {
  const Tensor& x = input(graph, node, 0);
  return x.dtype == DType::i8 && output(graph, node).dtype == DType::i8 && x.shape[1] <= 1 << 16 &&
         x.shape[2] <= 1 << 16 && !rounds_up(node);
}

LoweredOp lower_pool_s8(const Graph& graph, const Node& node) {
  require_one_quantization(graph, node);
  auto params = make_geometry<PoolS8Params>(graph, node);
  const ActivationRange range = activation_range(node, output(graph, node));
  params.activation_min = range.min;
  params.activation_max = range.max;
  return one_to_one(node, params);
}

}  // namespace mote::shared

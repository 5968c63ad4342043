// Host half of transpose_conv: shape rule, import, lowering.
//
// Inputs: x [batches, h, w, in_c]; weights [out_c, kernel_h, kernel_w, in_c]; bias [out_c]
// (optional). Attributes: out_h, out_w, stride_h, stride_w, padding ("same", "valid"), activation.

#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"
#include "ops/nn/transpose_conv/transpose_conv_f32_reference.hpp"
#include "ops/nn/transpose_conv/transpose_conv_s16_reference.hpp"
#include "ops/nn/transpose_conv/transpose_conv_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Layer {
  const Tensor& x;
  const Tensor& w;
  const Tensor* bias;
  WindowAxis rows, columns;  // of the convolution that this one is the transpose of
  int32_t stride_h, stride_w, out_h, out_w;

  Layer(const Graph& graph, const Node& node)
      : x(shared::input(graph, node, 0)),
        w(shared::input(graph, node, 1)),
        bias(node.inputs.size() > 2 && node.inputs[2] != no_tensor ? &graph.tensor(node.inputs[2])
                                                                   : nullptr) {
    require(x.shape.size() == 4 && w.shape.size() == 4 && w.shape[3] == x.shape[3], node,
            "input must be [batches, h, w, c], weights [out_c, kernel_h, kernel_w, c]");
    require(bias == nullptr || bias->elements() == w.shape[0], node,
            "bias must have one value per output channel");
    stride_h = narrow(node, "stride_h");
    stride_w = narrow(node, "stride_w");
    out_h = narrow(node, "out_h");
    out_w = narrow(node, "out_w");
    rows = window_axis(node, ImageAxis::h, out_h, w.shape[1]);
    columns = window_axis(node, ImageAxis::w, out_w, w.shape[2]);
    require(rows.out == x.shape[1] && columns.out == x.shape[2], node,
            "a convolution from its output doesn't lead to its input's size");
  }

  static int32_t narrow(const Node& node, const char* name) {
    const int64_t value = node.integer(name);
    require(value >= 1 && value <= 1 << 15, node, std::string(name) + " " + std::to_string(value));
    return static_cast<int32_t>(value);
  }
};

void infer(Graph& graph, const Node& node) {
  const Layer l(graph, node);
  set_output(graph, node, 0, l.x.dtype, {l.x.shape[0], l.out_h, l.out_w, l.w.shape[0]});
}

int64_t macs(const Graph& graph, const Node& node) {
  const Tensor& w = shared::input(graph, node, 1);
  return shared::input(graph, node, 0).elements() * w.shape[0] * w.shape[1] * w.shape[2];
}

template <DType type>
bool fits_integer(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const bool bias =
      l.bias == nullptr ||
      (l.bias->constant && (l.bias->dtype == DType::i64 || l.bias->dtype == DType::i32));
  return l.x.dtype == type && l.w.dtype == DType::i8 && l.w.constant && symmetric(l.w) && bias &&
         (type == DType::i8 || l.x.zero_point() == 0);
}

bool fits_f32(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return l.x.dtype == DType::f32 && l.w.dtype == DType::f32;
}

template <class P>
P shape_params(const Layer& l) {
  P p{};
  p.batches = l.x.shape[0];
  p.in_h = l.x.shape[1];
  p.in_w = l.x.shape[2];
  p.in_c = l.x.shape[3];
  p.out_h = l.out_h;
  p.out_w = l.out_w;
  p.out_c = l.w.shape[0];
  p.kernel_h = l.w.shape[1];
  p.kernel_w = l.w.shape[2];
  p.stride_h = l.stride_h;
  p.stride_w = l.stride_w;
  p.pad_top = l.rows.pad_before;
  p.pad_left = l.columns.pad_before;
  return p;
}

LoweredOp lower_integer(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const Tensor& y = shared::output(graph, node);
  auto params = shape_params<TransposeConvParams>(l);
  const ActivationRange range = activation_range(node, y);
  params.x_zero = l.x.zero_point();
  params.output_zero = y.zero_point();
  params.activation_min = range.min;
  params.activation_max = range.max;
  const auto scaling = requantize_channels(l.x, l.w, y, params.out_c);
  std::vector<int64_t> bias(static_cast<size_t>(params.out_c), 0);
  if (l.bias != nullptr && l.bias->dtype == DType::i64) {
    std::ranges::copy(l.bias->values<int64_t>(), bias.begin());
  } else if (l.bias != nullptr) {
    std::ranges::copy(l.bias->values<int32_t>(), bias.begin());
  }
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_tensor(node.inputs[1]),
                      Operand::of_constant("bias", bias),
                      Operand::of_constant("multiplier", scaling.multiplier),
                      Operand::of_constant("shift", scaling.shift),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  auto params = shape_params<TransposeConvFloatParams>(l);
  const shared::FloatRange range = shared::float_activation(node);
  params.activation_min = range.min;
  params.activation_max = range.max;
  const std::vector<float> zeros(static_cast<size_t>(params.out_c), 0.0f);
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
      l.bias != nullptr ? Operand::of_tensor(node.inputs[2]) : Operand::of_constant("bias", zeros),
      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 8 * macs(graph, node);
}

constexpr KernelVariant s8_variant{fits_integer<DType::i8>, lower_integer, instructions};
constexpr KernelVariant s16_variant{fits_integer<DType::i16>, lower_integer, instructions};
constexpr KernelVariant f32_variant{fits_f32, lower_f32, instructions};
#define MOTE_OP_FOLDER "ops/nn/transpose_conv"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/transpose_conv/kernels.inc"
};

constexpr int32_t transpose_conv_options = 49;

// The output's extents stand in the first input; the converter has evaluated them into the declared
// shape.
void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(transpose_conv_options);
  require(source.output_shape().size() == 4 && node.inputs.size() >= 3, node,
          "needs three inputs and an output [batches, h, w, c]");
  node.attributes["out_h"] = int64_t{source.output_shape()[1]};
  node.attributes["out_w"] = int64_t{source.output_shape()[2]};
  node.attributes["padding"] = options.padding(0);
  node.attributes["stride_w"] = int64_t{options.integer(1)};
  node.attributes["stride_h"] = int64_t{options.integer(2)};
  node.attributes["activation"] = options.activation(3);
  const bool biased = node.inputs.size() > 3;
  node.inputs = {node.inputs[2], node.inputs[1], biased ? node.inputs[3] : no_tensor};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(transpose_conv_options);
  out.padding(0);
  out.integer(1, out.node().integer("stride_w"));
  out.integer(2, out.node().integer("stride_h"));
  out.activation(3);
  const std::vector<TensorId> own = out.inputs;
  const Shape& y = out.tensor(out.outputs.at(0)).shape;
  out.inputs = {out.constant("output_shape", {y.begin(), y.end()}), own.at(1), own.at(0)};
  if (own.size() > 2 && own[2] != no_tensor) out.inputs.push_back(own[2]);
}

constexpr TfliteRule tflite_rules[] = {{67, import_tflite, write_tflite}};  // TRANSPOSE_CONV

}  // namespace

extern const OpDef transpose_conv_op;
const OpDef transpose_conv_op{"transpose_conv",    infer, macs, kernels, tflite_rules, {},
                              quantized::linear(0)};

}  // namespace mote

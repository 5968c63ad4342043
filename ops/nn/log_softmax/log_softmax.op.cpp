// Host half of log_softmax, along the last axis.
//
// Input: x [..., c] in float or int8, whose output has scale 1/16 and zero point 127.

#include <algorithm>
#include <cmath>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/log_softmax/log_softmax_f32_reference.hpp"
#include "ops/nn/log_softmax/log_softmax_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(!x.shape.empty(), node, "input must be [..., c]");
  set_output(graph, node, 0, x.dtype, Shape(x.shape));
}

bool fits_s8(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  return x.dtype == DType::i8 && x.shape.back() <= log_softmax_columns_max;
}
bool fits_f32(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == DType::f32;
}

LoweredOp in_place(const Node& node, std::vector<Param> params) {
  LoweredOp lowered;
  lowered.params = std::move(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

// TensorFlow Lite's PreprocessLogSoftmaxScalingExp and CalculateInputRadius, 5 integer bits.
LoweredOp lower_s8(const Graph& graph, const Node& node) {
  constexpr int32_t integer_bits = 5, fraction_bits = 31 - integer_bits;
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  require(y.scale() == 1.0f / 16 && y.zero_point() == 127, node,
          "output must have scale 1/16 and zero point 127");
  const double real = std::min(static_cast<double>(x.scale()) * (1 << fraction_bits),
                               static_cast<double>((int64_t{1} << 31) - 1));
  require(real > 1, node, "input scale is too small");
  // Halved because quantize_multiplier ends below 2^30.
  Multiplier m = quantize_multiplier(real / 2);
  ++m.shift;
  require(m.shift <= 30, node, "input scale is too large");
  const Multiplier reverse =
      quantize_multiplier(static_cast<double>(int64_t{1} << (31 - m.shift)) / m.multiplier);
  require(reverse.shift <= 0, node, "input scale is too small");
  const double radius = ((1 << integer_bits) - 1) *
                        static_cast<double>(int64_t{1} << fraction_bits) /
                        static_cast<double>(int64_t{1} << m.shift);
  const int32_t columns = x.shape.back();
  return in_place(
      node, make_params(LogSoftmaxParams{static_cast<int32_t>(x.elements() / columns), columns,
                                         m.multiplier, m.shift, reverse.multiplier, reverse.shift,
                                         -static_cast<int32_t>(std::floor(radius))}));
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int32_t columns = x.shape.back();
  return in_place(node, make_params(LogSoftmaxFloatParams{
                            static_cast<int32_t>(x.elements() / columns), columns}));
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 250 * shared::output(graph, node).elements();
}

constexpr KernelVariant s8_variant{fits_s8, lower_s8, instructions};
constexpr KernelVariant f32_variant{fits_f32, lower_f32, instructions};
#define MOTE_OP_FOLDER "ops/nn/log_softmax"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/log_softmax/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{50, import_tflite}};  // LOG_SOFTMAX

}  // namespace

extern const OpDef log_softmax_op;
const OpDef log_softmax_op{
    "log_softmax",
    infer,
    shared::no_macs,
    kernels,
    tflite_rules,
    {.axes = AxisRule::last, .stored = StoredForm::own, .own_scale = 1.0f / 16, .own_zero = 127},
    quantized::fixed(16.0f / 256.0f, 127)};

}  // namespace mote

// Host half of softmax: shape rule, import, lowering.
//
// Input: x [..., c], int8, int16 or float. Attribute: beta (1 when absent). Of int8 the output may
// be int16.

#include <algorithm>
#include <cmath>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "core/math_exp.hpp"
#include "ops/nn/softmax/softmax_f32_reference.hpp"
#include "ops/nn/softmax/softmax_s16_reference.hpp"
#include "ops/nn/softmax/softmax_s8_reference.hpp"
#include "ops/nn/softmax/softmax_s8_s16_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(!node.inputs.empty() && node.inputs[0] != no_tensor, node, "needs an input");
  const Tensor& x = graph.tensor(node.inputs[0]);
  require(!x.shape.empty(), node, "input must be [..., c]");
  const double beta = node.real("beta", 1);
  require(std::isfinite(beta) && beta > 0, node, "beta must be positive");
  const Tensor& y = graph.tensor(node.outputs.at(0));
  const bool wider = x.dtype == DType::i8 && y.dtype == DType::i16 && !y.shape.empty();
  set_output(graph, node, 0, wider ? DType::i16 : x.dtype, x.shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

template <DType output>
bool fits_from_s8(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  return x.dtype == DType::i8 && graph.tensor(node.outputs[0]).dtype == output &&
         x.shape.back() <= softmax_columns_max;
}

bool fits_f32(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::f32;
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  LoweredOp lowered;
  lowered.params =
      make_params(SoftmaxFloatParams{static_cast<int32_t>(x.elements() / x.shape.back()),
                                     x.shape.back(), static_cast<float>(node.real("beta", 1))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

// TensorFlow Lite's PreprocessSoftmaxScaling and CalculateInputRadius with 5 integer bits.
LoweredOp lower_reference(const Graph& graph, const Node& node) {
  constexpr int32_t integer_bits = 5;
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  const bool wide = y.dtype == DType::i16;
  // Converters write the 16-bit scale in decimal; TensorFlow Lite takes it within a thousandth.
  const bool fits = wide ? std::abs(y.scale() * 65536 - 1) <= 0.001f : y.scale() == 1.0f / 256;
  require(fits && y.zero_point() == (wide ? -32768 : -128), node,
          "output must have scale 1/256 and zero point -128, int16 1/65536 and -32768");
  const double scale =
      std::min(node.real("beta", 1) * static_cast<double>(x.scale()) * (1 << (31 - integer_bits)),
               static_cast<double>((int64_t{1} << 31) - 1));
  require(scale > 1, node, "input scale is too small");
  // Halved because quantize_multiplier ends below 2^30.
  Multiplier m = quantize_multiplier(scale / 2);
  ++m.shift;
  const double radius = static_cast<double>((1 << integer_bits) - 1) *
                        static_cast<double>(int64_t{1} << (31 - integer_bits)) /
                        static_cast<double>(int64_t{1} << m.shift);
  const SoftmaxParams params{static_cast<int32_t>(x.elements() / x.shape.back()), x.shape.back(),
                             m.multiplier, m.shift, -static_cast<int32_t>(std::floor(radius))};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  if (wide) return lowered;
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

bool fits_wide(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  return x.dtype == DType::i16 && x.shape.back() <= softmax_wide_columns_max;
}

// TensorFlow Lite's gen_lut: f over [low, low + span] in Q0.15, each value moved by half of what
// the chord to the next one misses in its middle. In float, as there.
std::vector<int16_t> curve(float (*f)(float), float low, float span) {
  constexpr int32_t pieces = softmax_table_entries - 1;
  constexpr float one = 32768.0f;
  const float step = span / static_cast<float>(pieces);
  const auto stored = [](float value) {
    return static_cast<int16_t>(std::clamp(value, -32768.0f, 32767.0f));
  };
  std::vector<int16_t> table;
  for (int32_t i = 0; i < pieces; ++i) {
    const float at = low + static_cast<float>(i) * step;
    const float value = std::round(f(at) * one);
    const float next = f(low + static_cast<float>(i + 1) * step) * one;
    const float chord = std::round((next + value) / 2), middle = std::round(f(at + step / 2) * one);
    table.push_back(stored(value - std::round((chord - middle) / 2)));
  }
  table.push_back(stored(std::round(f(low + span) * one)));
  return table;
}

LoweredOp lower_wide(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  require(std::abs(y.scale() * 32768 - 1) <= 0.001f && y.zero_point() == 0, node,
          "output must have scale 1/32768 and zero point 0");
  const Multiplier m =
      quantize_multiplier(static_cast<double>(x.scale()) * node.real("beta", 1) / (10.0 / 65535.0));
  const int32_t columns = x.shape.back();
  LoweredOp lowered;
  lowered.params = make_params(SoftmaxWideParams{static_cast<int32_t>(x.elements() / columns),
                                                 columns, m.multiplier, m.shift});
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("exponentials",
                           curve([](float v) { return math::exp(v); }, -10.0f, 10.0f)),
      Operand::of_constant("reciprocals", curve([](float v) { return 1.0f / (1.0f + v); }, 0, 1)),
      Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 3;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 250 * graph.tensor(node.outputs[0]).elements();
}

constexpr KernelVariant reference_variant{fits_from_s8<DType::i8>, lower_reference,
                                          instructions_reference};
constexpr KernelVariant s16_variant{fits_from_s8<DType::i16>, lower_reference,
                                    instructions_reference};
constexpr KernelVariant wide_variant{fits_wide, lower_wide, instructions_reference};
constexpr KernelVariant f32_variant{fits_f32, lower_f32, instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/softmax"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/softmax/kernels.inc"
};

constexpr int32_t softmax_options = 9;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["beta"] = double{source.options(softmax_options).real(0)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(softmax_options);
  out.real(0, out.node().real("beta", 1));
}

constexpr TfliteRule tflite_rules[] = {{25, import_tflite, write_tflite}};  // SOFTMAX

}  // namespace

extern const OpDef softmax_op;
const OpDef softmax_op{
    "softmax",
    infer,
    macs,
    kernels,
    tflite_rules,
    {.axes = AxisRule::last, .stored = StoredForm::own, .own_scale = 1.0f / 256, .own_zero = -128},
    quantized::fixed(1.0f / 256.0f, -128)};

}  // namespace mote

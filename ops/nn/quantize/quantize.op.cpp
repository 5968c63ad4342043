// Host half of quantize: shape rule, import, lowering.
//
// Input: x, f32 or a quantised type. The output has the type (int8 unless the tensor says another),
// scale and zero point of its tensor.

#include <cmath>
#include <optional>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/quantize/quantize_any_reference.hpp"
#include "ops/nn/quantize/quantize_f32_reference.hpp"
#include "ops/nn/quantize/requantize_any_reference.hpp"
#include "ops/nn/quantize/requantize_s8_reference.hpp"

namespace mote {
namespace {

using namespace ir;

// What a quantised type can hold; nothing for others.
std::optional<std::pair<int32_t, int32_t>> range_of(DType dtype) {
  if (dtype == DType::i8) return {{-128, 127}};
  if (dtype == DType::u8) return {{0, 255}};
  if (dtype == DType::i16) return {{-32768, 32767}};
  if (dtype == DType::i32) return {{INT32_MIN, INT32_MAX}};
  return std::nullopt;
}

void infer(Graph& graph, const Node& node) {
  require(!node.inputs.empty() && node.inputs[0] != no_tensor, node, "needs an input");
  const Tensor& y = graph.tensor(node.outputs.at(0));
  require(y.shape.empty() || range_of(y.dtype), node, "output must be int8, int16, int32 or uint8");
  set_output(graph, node, 0, y.shape.empty() ? DType::i8 : y.dtype,
             graph.tensor(node.inputs[0]).shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

bool fits_float(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::f32 &&
         graph.tensor(node.outputs[0]).dtype == DType::i8;
}

bool fits_int8(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::i8 &&
         graph.tensor(node.outputs[0]).dtype == DType::i8;
}

bool fits_any(const Graph& graph, const Node& node) {
  return range_of(graph.tensor(node.inputs[0]).dtype).has_value();
}

bool fits_float_any(const Graph& graph, const Node& node) {
  const DType to = graph.tensor(node.outputs[0]).dtype;
  return graph.tensor(node.inputs[0]).dtype == DType::f32 && to != DType::i32;
}

static_assert(static_cast<int32_t>(DType::u8) == static_cast<int32_t>(Element::u8));

LoweredOp lower_any(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  const Multiplier m =
      quantize_multiplier(static_cast<double>(x.scale()) / static_cast<double>(y.scale()));
  const auto [low, high] = range_of(y.dtype).value();
  LoweredOp lowered;
  lowered.params = make_params(
      RequantizeAnyParams{static_cast<int32_t>(y.elements()), static_cast<int32_t>(x.dtype),
                          static_cast<int32_t>(y.dtype), x.zero_point(), m.multiplier, m.shift,
                          y.zero_point(), low, high});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_float_any(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  const auto [low, high] = range_of(y.dtype).value();
  LoweredOp lowered;
  lowered.params = make_params(QuantizeAnyParams{static_cast<int32_t>(y.elements()),
                                                 static_cast<int32_t>(y.dtype), y.scale(),
                                                 y.zero_point(), low, high});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_float(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  const QuantizeParams params{static_cast<int32_t>(y.elements()), y.scale(), y.zero_point()};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  // Byte i of y is written after bytes 4 i to 4 i + 3 of x have been read.
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

LoweredOp lower_int8(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  const Multiplier m =
      quantize_multiplier(static_cast<double>(x.scale()) / static_cast<double>(y.scale()));
  const RequantizeParams params{static_cast<int32_t>(y.elements()), x.zero_point(), m.multiplier,
                                m.shift, y.zero_point()};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 30 * graph.tensor(node.outputs[0]).elements();
}

int64_t instructions_any(const Graph& graph, const Node& node) {
  return 2 * instructions(graph, node);
}

constexpr KernelVariant float_variant{fits_float, lower_float, instructions};
constexpr KernelVariant int8_variant{fits_int8, lower_int8, instructions};
constexpr KernelVariant any_variant{fits_any, lower_any, instructions_any};
constexpr KernelVariant float_any_variant{fits_float_any, lower_float_any, instructions_any};

#define MOTE_OP_FOLDER "ops/nn/quantize"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/quantize/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}

constexpr TfliteRule tflite_rules[] = {{114, import_tflite}};  // QUANTIZE

}  // namespace

extern const OpDef quantize_op;
const OpDef quantize_op{"quantize",   infer,
                        macs,         kernels,
                        tflite_rules, {.role = Role::quantize, .axes = AxisRule::pointwise}};

}  // namespace mote

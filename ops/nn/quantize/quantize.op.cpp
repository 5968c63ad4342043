// Host half of quantize: shape rule, import, lowering.
//
// Input: x, f32 or int8. The output is int8; its scale and zero point are those of the tensor.

#include <cmath>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/quantize/quantize_f32_reference.hpp"
#include "ops/nn/quantize/requantize_s8_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(!node.inputs.empty() && node.inputs[0] != no_tensor, node, "needs an input");
  set_output(graph, node, 0, DType::i8, graph.tensor(node.inputs[0]).shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

bool fits_float(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::f32;
}

bool fits_int8(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::i8;
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

constexpr KernelVariant float_variant{fits_float, lower_float, instructions};
constexpr KernelVariant int8_variant{fits_int8, lower_int8, instructions};

#define MOTE_OP_FOLDER "ops/nn/quantize"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/quantize/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}

constexpr TfliteRule tflite_rules[] = {{114, import_tflite}};  // QUANTIZE

}  // namespace

extern const OpDef quantize_op;
const OpDef quantize_op{"quantize", infer, macs, kernels, tflite_rules};

}  // namespace mote

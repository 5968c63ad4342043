// Host half of dequantize: shape rule, import, lowering.
//
// Input: x, int8, int16, int32 or uint8. The output is f32.

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "ops/nn/dequantize/dequantize_any_reference.hpp"
#include "ops/nn/dequantize/dequantize_s8_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(!node.inputs.empty() && node.inputs[0] != no_tensor, node, "needs an input");
  set_output(graph, node, 0, DType::f32, graph.tensor(node.inputs[0]).shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

bool fits_s8(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::i8;
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  const DequantizeParams params{static_cast<int32_t>(x.elements()), x.scale(), x.zero_point()};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 10 * graph.tensor(node.outputs[0]).elements();
}

bool fits_any(const Graph& graph, const Node& node) {
  const DType from = graph.tensor(node.inputs[0]).dtype;
  return from == DType::i16 || from == DType::i32 || from == DType::u8;
}

LoweredOp lower_any(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  LoweredOp lowered;
  lowered.params =
      make_params(DequantizeAnyParams{static_cast<int32_t>(x.elements()),
                                      static_cast<int32_t>(x.dtype), x.scale(), x.zero_point()});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

constexpr KernelVariant any_variant{fits_any, lower_any, instructions_reference};
constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/dequantize"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/dequantize/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}

constexpr TfliteRule tflite_rules[] = {{6, import_tflite}};  // DEQUANTIZE

}  // namespace

extern const OpDef dequantize_op;
const OpDef dequantize_op{"dequantize", infer,
                          macs,         kernels,
                          tflite_rules, {.role = Role::dequantize, .axes = AxisRule::pointwise}};

}  // namespace mote

// Host half of relu: shape rule, import, lowering.
//
//   y = max(x, 0)
//
// Input: x of any shape. A pass fuses it into the op before it where that op has an activation.

#include <algorithm>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/relu/relu_s8_reference.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(!node.inputs.empty() && node.inputs[0] != no_tensor, node, "needs an input");
  const Tensor& x = graph.tensor(node.inputs[0]);
  set_output(graph, node, 0, x.dtype, x.shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

bool fits_s8(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::i8 &&
         graph.tensor(node.outputs[0]).dtype == DType::i8;
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  // TensorFlow Lite divides the scales in float.
  const Multiplier m = quantize_multiplier(static_cast<double>(x.scale() / y.scale()));
  const ReluParams params{static_cast<int32_t>(x.elements()),
                          x.zero_point(),
                          m.multiplier,
                          m.shift,
                          y.zero_point(),
                          y.zero_point(),
                          127};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 15 * graph.tensor(node.outputs[0]).elements();
}

constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

const shared::UnaryKernels<UnaryFunction::relu> other_types;

#define MOTE_OP_FOLDER "ops/nn/relu"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/relu/kernels.inc"
    other_types.entries[1],  // float
};

void import_tflite(const tflite::Operator&, Node&) {}

constexpr TfliteRule tflite_rules[] = {{19, import_tflite}};  // RELU

}  // namespace

extern const OpDef relu_op;
const OpDef relu_op{"relu",
                    infer,
                    macs,
                    kernels,
                    tflite_rules,
                    {.role = Role::activation,
                     .channelwise = true,
                     .homogeneous = true,
                     .axes = AxisRule::pointwise,
                     .stored = StoredForm::free},
                    quantized::own_range};

}  // namespace mote

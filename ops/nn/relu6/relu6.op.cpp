// Host half of relu6: shape rule, import, lowering.
//
//   y = min(max(x, 0), 6)
//
// Input: x of any shape. A pass fuses it into the op before it where that op has an activation.

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/relu6/relu6_s8_reference.hpp"
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
  require(x.scale() == y.scale() && x.zero_point() == y.zero_point(), node,
          "input and output must have the same quantisation");
  Node clamping;
  clamping.op = node.op;
  clamping.attributes["activation"] = std::string("relu6");
  const ActivationRange range = activation_range(clamping, y);
  const Relu6Params params{static_cast<int32_t>(x.elements()), range.min, range.max};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 8 * graph.tensor(node.outputs[0]).elements();
}

constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

const shared::UnaryKernels<UnaryFunction::relu6> other_types;

#define MOTE_OP_FOLDER "ops/nn/relu6"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/relu6/kernels.inc"
    other_types.entries[1],  // float
};

void import_tflite(const tflite::Operator&, Node&) {}

constexpr TfliteRule tflite_rules[] = {{21, import_tflite}};  // RELU6

}  // namespace

extern const OpDef relu6_op;
const OpDef relu6_op{"relu6",
                     infer,
                     macs,
                     kernels,
                     tflite_rules,
                     {.role = Role::activation,
                      .channelwise = true,
                      .axes = AxisRule::pointwise,
                      .stored = StoredForm::free},
                     quantized::own_range};

}  // namespace mote

// Host half of log: shape rule, lowering.
//
// Inputs: x float32, any shape.
// Attributes: floor (> 0), flatten (0 or 1; default 0).
// Output: float32, x's shape or, flattened, [1, elements].

#include "ops/dsp/log/log.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "ops/dsp/log/log_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(node.inputs.size() == 1, node, "needs one input");
  require_type(graph, node, DType::f32);
  real_in(node, "floor", 1e-37, 1e37);
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Shape flat{1, static_cast<int32_t>(x.elements())};
  set_output(graph, node, 0, DType::f32,
             integer_in(node, "flatten", 0, 1, 0) != 0 ? flat : x.shape);
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).elements();
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(LogParams{static_cast<int32_t>(macs(graph, node)),
                                         static_cast<float>(real_in(node, "floor", 1e-37, 1e37))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 90 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/log"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/log/kernels.inc"
};

}  // namespace

extern const OpDef log_op;
const OpDef log_op{"log", infer, macs, kernels, {}};

}  // namespace mote

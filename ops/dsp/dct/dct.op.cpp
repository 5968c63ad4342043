// Host half of dct: shape rule, lowering.
//
// Inputs: x float32 [rows, n].
// Attributes: coefficients (1 to n).
// Output: float32 [rows, coefficients].

#include "ops/dsp/dct/dct.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "compiler/ir/signal_tables.hpp"
#include "ops/dsp/dct/dct_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

DctParams params_of(const Graph& graph, const Node& node) {
  const SignalShape rows = signal_shape(graph, node);
  return {rows.length, rows.axes, integer_in(node, "coefficients", 1, rows.axes)};
}

void infer(Graph& graph, const Node& node) {
  const DctParams p = params_of(graph, node);
  require_type(graph, node, DType::f32);
  set_output(graph, node, 0, DType::f32, {p.rows, p.coefficients});
}

int64_t macs(const Graph& graph, const Node& node) {
  const DctParams p = params_of(graph, node);
  return int64_t{p.rows} * p.n * p.coefficients;
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const DctParams p = params_of(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("table", dct_table(p.coefficients, p.n)),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/dct"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/dct/kernels.inc"
};

}  // namespace

extern const OpDef dct_op;
const OpDef dct_op{"dct", infer, macs, kernels, {}};

}  // namespace mote

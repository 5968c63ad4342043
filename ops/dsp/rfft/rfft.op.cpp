// Host half of rfft: shape rule, lowering.
//
// Inputs: x float32 [frames, n], n a power of two from 16 to 16384.
// Output: float32 [frames, n + 2], pairs (re, im) of the bins 0 to n / 2.

#include "ops/dsp/rfft/rfft.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "compiler/ir/signal_tables.hpp"
#include "ops/dsp/rfft/rfft_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

RfftParams params_of(const Graph& graph, const Node& node) {
  const SignalShape rows = signal_shape(graph, node);
  require(signal::is_fft_length(rows.axes), node,
          "frames of " + std::to_string(rows.axes) +
              " values: the length must be a power of two from 16 to 16384");
  return {rows.length, rows.axes};
}

void infer(Graph& graph, const Node& node) {
  const RfftParams p = params_of(graph, node);
  require_type(graph, node, DType::f32);
  set_output(graph, node, 0, DType::f32, {p.frames, p.n + 2});
}

int64_t macs(const Graph& graph, const Node& node) {
  const RfftParams p = params_of(graph, node);
  int64_t passes = 0;
  while ((1 << passes) < p.n) ++passes;
  return int64_t{p.frames} * p.n * passes;
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const RfftParams p = params_of(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("sine", sine_table(p.n)),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/rfft"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/rfft/kernels.inc"
};

}  // namespace

extern const OpDef rfft_op;
const OpDef rfft_op{"rfft", infer, macs, kernels, {}};

}  // namespace mote

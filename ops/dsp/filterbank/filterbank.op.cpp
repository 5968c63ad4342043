// Host half of filterbank: shape rule, lowering.
//
// Inputs: x float32 [frames, bins], a spectrum from 0 to rate / 2.
// Attributes: rate_hz, bands, spacing ("mel": triangles on HTK's mel scale; "linear": means over
// equal widths; default mel), low_hz (default 0), high_hz (default rate / 2).
// Output: float32 [frames, bands].

#include "ops/dsp/filterbank/filterbank.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "compiler/ir/signal_tables.hpp"
#include "ops/dsp/filterbank/filterbank_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

BandTables tables_of(const Graph& graph, const Node& node) {
  return band_tables(node, signal_shape(graph, node).axes);
}

void infer(Graph& graph, const Node& node) {
  const SignalShape rows = signal_shape(graph, node);
  require_type(graph, node, DType::f32);
  require(rows.axes >= 3, node, "a spectrum has at least 3 bins");
  set_output(graph, node, 0, DType::f32, {rows.length, tables_of(graph, node).bands});
}

int64_t macs(const Graph& graph, const Node& node) {
  const auto weights = static_cast<int64_t>(tables_of(graph, node).weights.size());
  return signal_shape(graph, node).length * weights;
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const SignalShape rows = signal_shape(graph, node);
  const BandTables tables = tables_of(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(FilterbankParams{rows.length, rows.axes, tables.bands,
                                                static_cast<int32_t>(tables.weights.size())});
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]), Operand::of_constant("ranges", tables.ranges),
      Operand::of_constant("weights", tables.weights), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/filterbank"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/filterbank/kernels.inc"
};

}  // namespace

extern const OpDef filterbank_op;
const OpDef filterbank_op{"filterbank", infer, macs, kernels, {}};

}  // namespace mote

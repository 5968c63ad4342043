// Host half of biquad_filter: shape rule, lowering.
//
// Inputs: x float32 [length, axes].
// Attributes: rate_hz, order (2, 4, 6 or 8, of each edge; default 4), high_pass_hz, low_pass_hz
// (Butterworth, below rate / 2; one of them or, for a band pass, both), rectify (0 or 1; default
// 0). Output: float32, x's shape.

#include "ops/dsp/biquad_filter/biquad_filter.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "core/signal/tables.hpp"
#include "ops/dsp/biquad_filter/biquad_filter_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

std::vector<float> coefficients_of(const Node& node) {
  const double rate = real_in(node, "rate_hz", 1e-3, 1e9);
  const int32_t order = integer_in(node, "order", 2, 8, 4);
  require(order % 2 == 0, node, "order must be even");
  require(node.has("high_pass_hz") || node.has("low_pass_hz"), node,
          "needs high_pass_hz, low_pass_hz or both");
  std::vector<float> coefficients;
  for (const char* edge : {"high_pass_hz", "low_pass_hz"}) {
    if (!node.has(edge)) continue;
    const double cutoff = real_in(node, edge, 1e-4 * rate, 0.499 * rate) / rate;
    for (int32_t s = 0; s < order / 2; ++s) {
      float c[signal::biquad_coefficients];
      signal::fill_butterworth(std::string(edge) == "high_pass_hz", cutoff, order, s, c);
      coefficients.insert(coefficients.end(), c, c + signal::biquad_coefficients);
    }
  }
  return coefficients;
}

void infer(Graph& graph, const Node& node) {
  signal_shape(graph, node);
  require_type(graph, node, DType::f32);
  coefficients_of(node);
  integer_in(node, "rectify", 0, 1, 0);
  set_output(graph, node, 0, DType::f32, graph.tensor(node.inputs[0]).shape);
}

int64_t macs(const Graph& graph, const Node& node) {
  const auto values = static_cast<int64_t>(coefficients_of(node).size());
  return graph.tensor(node.inputs.at(0)).elements() * values;
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const SignalShape signal = signal_shape(graph, node);
  const std::vector<float> coefficients = coefficients_of(node);
  LoweredOp lowered;
  lowered.params = make_params(
      BiquadFilterParams{signal.length, signal.axes,
                         static_cast<int32_t>(coefficients.size()) / signal::biquad_coefficients,
                         integer_in(node, "rectify", 0, 1, 0)});
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("coefficients", coefficients),
                      Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 2;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 4 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/biquad_filter"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/biquad_filter/kernels.inc"
};

}  // namespace

extern const OpDef biquad_filter_op;
const OpDef biquad_filter_op{"biquad_filter", infer, macs, kernels, {}};

}  // namespace mote

// Host half of statistics: shape rule, lowering.
//
// Inputs: x float32 [length, axes].
// Attributes: statistics (names joined by commas; default: all of MOTE_STATISTIC_LIST). They come
// out in the list's order.
// Output: float32 [1, axes * statistics].

#include "ops/dsp/statistics/statistics.hpp"

#include <sstream>

#include "compiler/ir/signal_shape.hpp"
#include "ops/dsp/statistics/statistics_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

// Bit of the statistic called `name`, or 0.
int32_t mask_of(const std::string& name) {
#define MOTE_STATISTIC_MASK(id) \
  if (name == #id) return 1 << signal::statistic::id;
  MOTE_STATISTIC_LIST(MOTE_STATISTIC_MASK)
#undef MOTE_STATISTIC_MASK
  return 0;
}

StatisticsParams params_of(const Graph& graph, const Node& node) {
  const SignalShape signal = signal_shape(graph, node);
  StatisticsParams p{signal.length, signal.axes, 0, 0};
  std::stringstream names(node.text("statistics", ""));
  for (std::string name; std::getline(names, name, ',');) {
    const int32_t bit = mask_of(name);
    require(bit != 0, node, "there is no statistic '" + name + "'");
    p.mask |= bit;
  }
  if (p.mask == 0) p.mask = (1 << signal::statistic::count) - 1;
  p.chosen = __builtin_popcount(static_cast<uint32_t>(p.mask));
  return p;
}

void infer(Graph& graph, const Node& node) {
  const StatisticsParams p = params_of(graph, node);
  require_type(graph, node, DType::f32);
  set_output(graph, node, 0, DType::f32, {1, p.axes * p.chosen});
}

int64_t macs(const Graph& graph, const Node& node) {
  return 8 * graph.tensor(node.inputs.at(0)).elements();
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(params_of(graph, node));
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/statistics"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/statistics/kernels.inc"
};

}  // namespace

extern const OpDef statistics_op;
const OpDef statistics_op{"statistics", infer, macs, kernels, {}};

}  // namespace mote

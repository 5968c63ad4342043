// Host half of signal_delay: each signal some samples later.
//
// Input: x int16 [..., samples]. Outputs: y, as x; the state, a variable. Attribute: delay, in
// samples.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_delay/signal_delay_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

int64_t signals(const Tensor& x) {
  return x.elements() / x.shape.back();
}

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(x.dtype == DType::i16 && !x.shape.empty(), node, "x must be int16 [..., samples]");
  const int64_t delay = node.integer("delay");
  require(delay >= 0 && delay <= 1 << 24, node, "a delay of " + std::to_string(delay));
  require(node.outputs.size() == 2 && graph.tensor(node.outputs[1]).variable &&
              graph.tensor(node.outputs[1]).byte_size() >= 2 * delay * signals(x),
          node, "needs an output and a state of 2 bytes for each sample of delay");
  set_output(graph, node, 0, DType::i16, Shape(x.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  LoweredOp lowered;
  lowered.params = make_params(SignalDelayParams{static_cast<int32_t>(signals(x)), x.shape.back(),
                                                 static_cast<int32_t>(node.integer("delay"))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 12 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_delay"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_delay/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  const auto shape = source.output_shape();
  int64_t signals = 1;
  for (size_t k = 0; k + 1 < shape.size(); ++k) signals *= shape[k];
  const int64_t delay = source.custom_integer("delay_length");
  node.attributes["delay"] = delay;
  node.attributes["state_bytes"] = std::max<int64_t>(2 * delay * signals, 2);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("delay_length", out.node().integer("delay"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalDelay"}};

}  // namespace

extern const OpDef signal_delay_op;
const OpDef signal_delay_op{"signal_delay", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote

// Host half of signal_window.
//
// Inputs: x int16 [..., length]; window int16 [length]. Attribute: shift.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_window/signal_window_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& window = shared::input(graph, node, 1);
  require(x.dtype == DType::i16 && window.dtype == DType::i16 && !x.shape.empty() &&
              window.elements() == x.shape.back(),
          node, "x must be int16 [..., length], its window int16 [length]");
  const int64_t shift = node.integer("shift");
  require(shift >= 0 && shift <= 31, node, "shift " + std::to_string(shift));
  set_output(graph, node, 0, DType::i16, Shape(x.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int32_t length = x.shape.back();
  LoweredOp lowered;
  lowered.params =
      make_params(SignalWindowParams{static_cast<int32_t>(x.elements()) / length, length,
                                     static_cast<int32_t>(node.integer("shift"))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 2;
  lowered.overlap_input = 0;
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 10 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_window"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_window/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["shift"] = int64_t{source.custom_integer("shift")};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("shift", out.node().integer("shift"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalWindow"}};

}  // namespace

extern const OpDef signal_window_op;
const OpDef signal_window_op{"signal_window", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote

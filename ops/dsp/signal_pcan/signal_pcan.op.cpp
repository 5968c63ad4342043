// Host half of signal_pcan.
//
// Inputs: x uint32 [count]; noise uint32 [count]; table int16 [125], constant. Attribute:
// snr_shift.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_pcan/signal_pcan_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& noise = shared::input(graph, node, 1);
  const Tensor& table = shared::input(graph, node, 2);
  require(x.dtype == DType::u32 && noise.dtype == DType::u32 && noise.shape == x.shape &&
              table.dtype == DType::i16 && table.elements() >= 125,
          node, "x and noise must be uint32 of one shape, the table int16 [125]");
  const int64_t shift = node.integer("snr_shift");
  require(shift >= 0 && shift <= 63, node, "snr_shift " + std::to_string(shift));
  set_output(graph, node, 0, DType::u32, Shape(x.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params =
      make_params(SignalPcanParams{static_cast<int32_t>(shared::output(graph, node).elements()),
                                   static_cast<int32_t>(node.integer("snr_shift"))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.inputs[2]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 3;
  lowered.overlap_input = 0;
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 60 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_pcan"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_pcan/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["snr_shift"] = int64_t{source.custom_integer("snr_shift")};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("snr_shift", out.node().integer("snr_shift"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalPCAN"}};

}  // namespace

extern const OpDef signal_pcan_op;
const OpDef signal_pcan_op{"signal_pcan", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote

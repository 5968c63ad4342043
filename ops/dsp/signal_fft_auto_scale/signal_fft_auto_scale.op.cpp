// Host half of signal_fft_auto_scale.
//
// Input: x int16. Outputs: y as x; bits int32 [1].

#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_fft_auto_scale/signal_fft_auto_scale_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(x.dtype == DType::i16, node, "x must be int16");
  set_output(graph, node, 0, DType::i16, Shape(x.shape));
  set_output(graph, node, 1, DType::i32, {1});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(
      SignalFftAutoScaleParams{static_cast<int32_t>(shared::output(graph, node).elements())});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0]),
                      Operand::of_tensor(node.outputs[1])};
  lowered.overlap_output = 1;
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
#define MOTE_OP_FOLDER "ops/dsp/signal_fft_auto_scale"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_fft_auto_scale/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{32, import_tflite, nullptr, "SignalFftAutoScale"}};

}  // namespace

extern const OpDef signal_fft_auto_scale_op;
const OpDef signal_fft_auto_scale_op{"signal_fft_auto_scale", infer, shared::no_macs, kernels,
                                     tflite_rules};

}  // namespace mote

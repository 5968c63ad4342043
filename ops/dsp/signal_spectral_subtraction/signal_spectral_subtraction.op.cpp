// Host half of signal_spectral_subtraction.
//
// Input: x uint32 [count]. Outputs: y and the noise estimate, uint32 [count]; the estimate's state,
// a variable of 4 * count bytes. Attributes: as the kernel's params.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_spectral_subtraction/signal_spectral_subtraction_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

constexpr const char* settings[] = {"smoothing",
                                    "one_minus_smoothing",
                                    "alternate_smoothing",
                                    "alternate_one_minus_smoothing",
                                    "smoothing_bits",
                                    "spectral_subtraction_bits",
                                    "min_signal_remaining",
                                    "clamping"};

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(x.dtype == DType::u32, node, "x must be uint32");
  const Shape shape = x.shape;
  const int64_t bytes = x.byte_size();
  require(node.outputs.size() == 3, node, "needs two outputs and a state");
  const Tensor& state = graph.tensor(node.outputs[2]);
  require(state.variable && state.byte_size() == bytes, node, "its state has another size");
  set_output(graph, node, 0, DType::u32, shape);
  set_output(graph, node, 1, DType::u32, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  int32_t values[8];
  for (size_t k = 0; k < 8; ++k) values[k] = static_cast<int32_t>(node.integer(settings[k]));
  LoweredOp lowered;
  lowered.params = make_params(SignalSpectralSubtractionParams{
      static_cast<int32_t>(shared::output(graph, node).elements()), values[0], values[1], values[2],
      values[3], values[4], values[5], values[6], values[7]});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[2]),
                      Operand::of_tensor(node.outputs[0]), Operand::of_tensor(node.outputs[1])};
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 50 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_spectral_subtraction"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_spectral_subtraction/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  for (const char* name : settings) node.attributes[name] = int64_t{source.custom_integer(name)};
  node.attributes["state_bytes"] = int64_t{4} * source.custom_integer("num_channels");
}

void write_tflite(tflite::OperatorWriter& out) {
  for (const char* name : settings) out.custom_integer(name, out.node().integer(name));
  out.custom_integer("num_channels", out.node().integer("state_bytes") / 4);
}

constexpr TfliteRule tflite_rules[] = {
    {32, import_tflite, write_tflite, "SignalFilterBankSpectralSubtraction"}};

}  // namespace

extern const OpDef signal_spectral_subtraction_op;
const OpDef signal_spectral_subtraction_op{"signal_spectral_subtraction", infer, shared::no_macs,
                                           kernels, tflite_rules};

}  // namespace mote

// Host half of signal_filter_bank_log.
//
// Input: x uint32 [count]. Output: int16 [count]. Attributes: output_scale, correction_bits.

#include <cmath>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_filter_bank_log/signal_filter_bank_log_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(x.dtype == DType::u32, node, "x must be uint32");
  const int64_t bits = node.integer("correction_bits");
  require(bits >= 0 && bits <= 31, node, "correction_bits " + std::to_string(bits));
  set_output(graph, node, 0, DType::i16, Shape(x.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  std::vector<uint16_t> table;
  for (int32_t i = 0; i <= 128; ++i) {
    table.push_back(
        static_cast<uint16_t>(std::lround(65536 * (std::log2(1 + i / 128.0) - i / 128.0))));
  }
  table.push_back(0);
  LoweredOp lowered;
  lowered.params = make_params(
      SignalFilterBankLogParams{static_cast<int32_t>(shared::output(graph, node).elements()),
                                static_cast<int32_t>(node.integer("output_scale")),
                                static_cast<int32_t>(node.integer("correction_bits"))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_constant("log2", table),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 60 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_filter_bank_log"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_filter_bank_log/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["output_scale"] = int64_t{source.custom_integer("output_scale")};
  node.attributes["correction_bits"] = int64_t{source.custom_integer("input_correction_bits")};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("output_scale", out.node().integer("output_scale"));
  out.custom_integer("input_correction_bits", out.node().integer("correction_bits"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalFilterBankLog"}};

}  // namespace

extern const OpDef signal_filter_bank_log_op;
const OpDef signal_filter_bank_log_op{"signal_filter_bank_log", infer, shared::no_macs, kernels,
                                      tflite_rules};

}  // namespace mote

// Host half of signal_energy.
//
// Input: x int16 [2 * count], pairs (re, im). Output: uint32 [count]. Attributes: first, last.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_energy/signal_energy_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(x.dtype == DType::i16 && x.shape.size() == 1 && x.shape[0] % 2 == 0, node,
          "x must be int16 [2 * count]");
  const int32_t count = x.shape[0] / 2;
  const int64_t first = node.integer("first"), last = node.integer("last");
  require(first >= 0 && first <= last && last <= count, node,
          "entries " + std::to_string(first) + " to " + std::to_string(last) + " of " +
              std::to_string(count));
  set_output(graph, node, 0, DType::u32, {count});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(SignalEnergyParams{shared::output(graph, node).shape[0],
                                                  static_cast<int32_t>(node.integer("first")),
                                                  static_cast<int32_t>(node.integer("last"))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
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
#define MOTE_OP_FOLDER "ops/dsp/signal_energy"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_energy/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["first"] = int64_t{source.custom_integer("start_index")};
  node.attributes["last"] = int64_t{source.custom_integer("end_index")};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("start_index", out.node().integer("first"));
  out.custom_integer("end_index", out.node().integer("last"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalEnergy"}};

}  // namespace

extern const OpDef signal_energy_op;
const OpDef signal_energy_op{"signal_energy", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote

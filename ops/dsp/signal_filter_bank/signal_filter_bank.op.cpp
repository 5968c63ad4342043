// Host half of signal_filter_bank.
//
// Inputs: x uint32 [bins]; weights, unweights int16 [n]; starts, weight starts, widths int16
// [channels + 1], constants. Attribute: channels.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_filter_bank/signal_filter_bank_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int64_t channels = node.integer("channels");
  require(channels >= 1 && channels < 1 << 15, node, "channels " + std::to_string(channels));
  require(x.dtype == DType::u32, node, "x must be uint32");
  for (size_t k = 1; k < 6; ++k) {
    const Tensor& table = shared::input(graph, node, k);
    require(table.constant && table.dtype == DType::i16, node, "tables must be constant int16");
    require(k < 3 || table.elements() == channels + 1, node, "tables don't fit the channels");
  }
  require(shared::input(graph, node, 1).elements() == shared::input(graph, node, 2).elements(),
          node, "weights and unweights differ in number");
  set_output(graph, node, 0, DType::u64, {static_cast<int32_t>(channels)});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const auto bins = static_cast<int32_t>(shared::input(graph, node, 0).elements());
  const auto weights = static_cast<int32_t>(shared::input(graph, node, 1).elements());
  std::vector<int32_t> entries;
  for (size_t c = 0; c <= static_cast<size_t>(node.integer("channels")); ++c) {
    const auto value = [&](size_t k) {
      return int32_t{shared::input(graph, node, k).values<int16_t>()[c]};
    };
    const int32_t start = value(3), weight_start = value(4), width = value(5);
    require(width == 0 || (start >= 0 && weight_start >= 0 && width > 0 && width <= bins - start &&
                           width <= weights - weight_start),
            node, "filter " + std::to_string(c) + " leaves its tables");
    entries.insert(entries.end(), {start, weight_start, width});
  }
  LoweredOp lowered;
  lowered.params = make_params(
      SignalFilterBankParams{static_cast<int32_t>(node.integer("channels")), bins, weights});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.inputs[2]), Operand::of_constant("filters", entries),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 100 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_filter_bank"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_filter_bank/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["channels"] = int64_t{source.custom_integer("num_channels")};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("num_channels", out.node().integer("channels"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalFilterBank"}};

}  // namespace

extern const OpDef signal_filter_bank_op;
const OpDef signal_filter_bank_op{"signal_filter_bank", infer, shared::no_macs, kernels,
                                  tflite_rules};

}  // namespace mote

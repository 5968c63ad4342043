// Host half of signal_filter_bank_square_root.
//
// Inputs: x uint64 [count]; bits int32 [1]. Output: uint32 [count].

#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_filter_bank_square_root/signal_filter_bank_square_root_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& bits = shared::input(graph, node, 1);
  require(x.dtype == DType::u64 && bits.dtype == DType::i32 && bits.elements() == 1, node,
          "x must be uint64, its scale one int32");
  set_output(graph, node, 0, DType::u32, Shape(x.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(SignalFilterBankSquareRootParams{
      static_cast<int32_t>(shared::output(graph, node).elements())});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 300 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_filter_bank_square_root"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_filter_bank_square_root/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{32, import_tflite, nullptr, "SignalFilterBankSquareRoot"}};

}  // namespace

extern const OpDef signal_filter_bank_square_root_op;
const OpDef signal_filter_bank_square_root_op{"signal_filter_bank_square_root", infer,
                                              shared::no_macs, kernels, tflite_rules};

}  // namespace mote

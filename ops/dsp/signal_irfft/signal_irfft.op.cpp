// Host half of signal_irfft.
//
// Input: x int16, int32 or float [..., length + 2], pairs (re, im). Output: as x [..., length].
// Attribute: length, the transform's.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/signal_tables.hpp"
#include "ops/dsp/signal_irfft/signal_irfft_f32_reference.hpp"
#include "ops/dsp/signal_irfft/signal_irfft_s16_reference.hpp"
#include "ops/dsp/signal_irfft/signal_irfft_s32_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int64_t length = node.integer("length");
  require(length >= 4 && length <= 1 << 14 && (length & (length - 1)) == 0, node,
          "length " + std::to_string(length) + " is not a power of two from 4 to 16384");
  require(is_spectral_type(x.dtype) && !x.shape.empty() && x.shape.back() == length + 2, node,
          "x must be int16, int32 or float [..., " + std::to_string(length + 2) + "]");
  Shape shape = x.shape;
  shape.back() = static_cast<int32_t>(length);
  set_output(graph, node, 0, x.dtype, shape);
}

SignalIrfftParams params_of(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  return {static_cast<int32_t>(x.elements()) / x.shape.back(),
          static_cast<int32_t>(node.integer("length"))};
}

template <class T>
LoweredOp lower_fixed(const Graph& graph, const Node& node) {
  const SignalIrfftParams p = params_of(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("twiddles", fixed_twiddles<T>(p.length, 1)),
                      Operand::of_constant("super twiddles", fixed_super_twiddles<T>(p.length, 1)),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(extent(p.length, sizeof(T)))};
  return lowered;
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const SignalIrfftParams p = params_of(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("sine", sine_table(p.length)),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 60 * shared::output(graph, node).elements();
}

constexpr KernelVariant s16_variant{fits<DType::i16>, lower_fixed<int16_t>, instructions};
constexpr KernelVariant s32_variant{fits<DType::i32>, lower_fixed<int32_t>, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, lower_f32, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_irfft"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_irfft/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["length"] = int64_t{source.custom_integer("fft_length")};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_type("T", out.inputs[0]);  // tflite-micro reads the entries by position
  out.custom_integer("fft_length", out.node().integer("length"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalIrfft"}};

}  // namespace

extern const OpDef signal_irfft_op;
const OpDef signal_irfft_op{"signal_irfft", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote

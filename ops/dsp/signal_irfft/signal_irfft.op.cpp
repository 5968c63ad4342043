// Host half of signal_irfft.
//
// Input: x int16 [..., length + 2], pairs (re, im). Output: int16 [..., length]. Attribute: length,
// the transform's.

#include <cmath>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_irfft/signal_irfft_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int64_t length = node.integer("length");
  require(length >= 4 && length <= 1 << 14 && (length & (length - 1)) == 0, node,
          "length " + std::to_string(length) + " is not a power of two from 4 to 16384");
  require(x.dtype == DType::i16 && !x.shape.empty() && x.shape.back() == length + 2, node,
          "x must be int16 [..., " + std::to_string(length + 2) + "]");
  Shape shape = x.shape;
  shape.back() = static_cast<int32_t>(length);
  set_output(graph, node, 0, DType::i16, shape);
}

// Pairs (cos, sin) of count phases in Q0.15.
template <class Phase>
std::vector<int16_t> turns(int32_t count, Phase&& phase) {
  std::vector<int16_t> values;
  for (int32_t k = 0; k < count; ++k) {
    values.push_back(static_cast<int16_t>(std::floor(0.5 + 32767 * std::cos(phase(k)))));
    values.push_back(static_cast<int16_t>(std::floor(0.5 + 32767 * std::sin(phase(k)))));
  }
  return values;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto length = static_cast<int32_t>(node.integer("length"));
  const int32_t half = length / 2;
  constexpr double pi = 3.141592653589793238462643383279502884197169399375105820974944;
  LoweredOp lowered;
  lowered.params =
      make_params(SignalIrfftParams{static_cast<int32_t>(x.elements()) / x.shape.back(), length});
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("twiddles", turns(half, [&](int32_t k) { return 2 * pi * k / half; })),
      Operand::of_constant(
          "super twiddles",
          turns(half / 2, [&](int32_t k) { return pi * ((k + 1.0) / half + 0.5); })),
      Operand::of_tensor(node.outputs[0]), Operand::of_scratch(extent(length, 2))};
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 60 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_irfft"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_irfft/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["length"] = int64_t{source.custom_integer("fft_length")};
}

void write_tflite(tflite::OperatorWriter& out) {
  constexpr int64_t tensorflow_int16 = 5;
  out.custom_integer("T", tensorflow_int16);  // tflite-micro reads the entries by position
  out.custom_integer("fft_length", out.node().integer("length"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalIrfft"}};

}  // namespace

extern const OpDef signal_irfft_op;
const OpDef signal_irfft_op{"signal_irfft", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote

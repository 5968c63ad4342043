// Host half of prelu: rectifier whose slope below zero is a tensor.
//
//   y = x for x >= 0, alpha * x below
//
// Inputs: x in float, int8 or int16; alpha of x's type, of int16 constant int8; its shape repeats
// along x's. See ops/shared/binary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/broadcast_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& alpha = shared::input(graph, node, 1);
  const bool mixed = x.dtype == DType::i16 && alpha.dtype == DType::i8;
  require(x.dtype == alpha.dtype || mixed, node, "x and alpha differ in type");
  const shared::Broadcast all(node, {x.shape, alpha.shape});
  set_output(graph, node, 0, x.dtype, all.shape.empty() ? Shape{1} : all.shape);
}

bool fits_s16(const Graph& graph, const Node& node) {
  const Tensor& alpha = shared::input(graph, node, 1);
  return shared::input(graph, node, 0).dtype == DType::i16 &&
         shared::output(graph, node).dtype == DType::i16 && alpha.dtype == DType::i8 &&
         alpha.constant;
}

// The int16 kernel reads two int16 operands.
LoweredOp lower_s16(const Graph& graph, const Node& node) {
  LoweredOp lowered = shared::lower_binary(graph, node, BinaryFunction::prelu);
  const auto narrow = shared::input(graph, node, 1).values<int8_t>();
  lowered.operands[1] =
      Operand::of_constant("alpha", std::vector<int16_t>(narrow.begin(), narrow.end()));
  return lowered;
}

KernelInfo with(size_t index) {
  KernelInfo info = shared::binary_kernel(index);
  info.lower = shared::lower_binary_as<BinaryFunction::prelu>;
  return info;
}

KernelInfo s16_kernel() {
  KernelInfo info = shared::binary_kernel(shared::binary_s16);
  info.fits = fits_s16;
  info.lower = lower_s16;
  return info;
}

const KernelInfo kernels[] = {with(shared::binary_f32), with(shared::binary_s8), s16_kernel()};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{54, import_tflite}};  // PRELU

}  // namespace

extern const OpDef prelu_op;
const OpDef prelu_op{"prelu",
                     infer,
                     shared::no_macs,
                     kernels,
                     tflite_rules,
                     {.axes = AxisRule::pointwise, .stored = StoredForm::free},
                     quantized::own_range};

}  // namespace mote

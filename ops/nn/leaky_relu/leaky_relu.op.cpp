// Host half of leaky_relu: rectifier with a slope below zero.
//
//   y = x for x > 0, alpha * x below
//
// Input: x in float, int8 or int16. Attribute: alpha. Integers as TensorFlow Lite defines them
// (QuantizeLeakyRelu): two requantisations, one for each sign.

#include <cmath>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "core/fixed_point.hpp"
#include "ops/nn/leaky_relu/leaky_relu_s16_reference.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Slopes {
  Multiplier above, below;

  Slopes(const Graph& graph, const Node& node) {
    // TensorFlow Lite computes these ratios in float.
    const float x = shared::input(graph, node, 0).scale();
    const float y = shared::output(graph, node).scale();
    const auto alpha = static_cast<float>(node.real("alpha"));
    above = quantize_multiplier(static_cast<double>(x / y));
    below = quantize_multiplier(static_cast<double>(x * std::abs(alpha) / y));
    if (alpha < 0) below.multiplier = -below.multiplier;
  }
};

int32_t stored(const Graph& graph, const Node& node, int32_t x) {
  const Slopes slopes(graph, node);
  const int32_t centred = x - shared::input(graph, node, 0).zero_point();
  const Multiplier& slope = centred >= 0 ? slopes.above : slopes.below;
  return shared::output(graph, node).zero_point() +
         multiply_by_quantized_multiplier(centred, slope.multiplier, slope.shift);
}

const shared::UnaryKernels<UnaryFunction::leaky_relu, stored> other_types;

bool fits_s16(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == DType::i16 &&
         shared::output(graph, node).dtype == DType::i16;
}

LoweredOp lower_s16(const Graph& graph, const Node& node) {
  const Slopes slopes(graph, node);
  const Tensor& y = shared::output(graph, node);
  LoweredOp lowered;
  lowered.params = make_params(LeakyReluParams{
      static_cast<int32_t>(y.elements()), shared::input(graph, node, 0).zero_point(),
      y.zero_point(), slopes.above.multiplier, slopes.above.shift, slopes.below.multiplier,
      slopes.below.shift});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 20 * shared::output(graph, node).elements();
}

constexpr KernelVariant s16_variant{fits_s16, lower_s16, instructions};
#define MOTE_OP_FOLDER "ops/nn/leaky_relu"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
    other_types.entries[0],
    other_types.entries[1],
#include "ops/nn/leaky_relu/kernels.inc"
};

constexpr int32_t leaky_relu_options = 75;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["alpha"] = double{source.options(leaky_relu_options).real(0)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(leaky_relu_options);
  out.real(0, out.node().real("alpha"));
}

constexpr TfliteRule tflite_rules[] = {{98, import_tflite, write_tflite}};  // LEAKY_RELU

}  // namespace

extern const OpDef leaky_relu_op;
const OpDef leaky_relu_op{"leaky_relu", shared::infer_unary, shared::no_macs,     kernels,
                          tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote

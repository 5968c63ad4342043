// Host half of l2_normalize: vectors of length 1 along the last axis.
//
// Input: x [..., c] in float or int8, whose output has scale 1/128 and zero point 0.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/l2_normalize/l2_normalize_f32_reference.hpp"
#include "ops/nn/l2_normalize/l2_normalize_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(!x.shape.empty(), node, "input must be [..., c]");
  set_output(graph, node, 0, x.dtype, Shape(x.shape));
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  const bool integer = x.dtype == DType::i8;
  require(!integer || (y.scale() == 1.0f / 128 && y.zero_point() == 0), node,
          "output must have scale 1/128 and zero point 0");
  const int32_t columns = x.shape.back();
  LoweredOp lowered;
  lowered.params = make_params(L2NormalizeParams{static_cast<int32_t>(x.elements() / columns),
                                                 columns, integer ? x.zero_point() : 0});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 30 * shared::output(graph, node).elements();
}

constexpr KernelVariant s8_variant{fits<DType::i8>, lower, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/l2_normalize"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/l2_normalize/kernels.inc"
};

constexpr int32_t l2_norm_options = 12;

void import_tflite(const tflite::Operator& source, Node& node) {
  require(source.options(l2_norm_options).activation(0) == "none", node,
          "a fused activation is not supported");
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(l2_norm_options);
  out.byte(0, 0);
}

constexpr TfliteRule tflite_rules[] = {{11, import_tflite, write_tflite}};  // L2_NORMALIZATION

}  // namespace

extern const OpDef l2_normalize_op;
const OpDef l2_normalize_op{
    "l2_normalize",
    infer,
    shared::no_macs,
    kernels,
    tflite_rules,
    {.axes = AxisRule::last, .stored = StoredForm::own, .own_scale = 1.0f / 128},
    quantized::fixed(1.0f / 128.0f, 0)};

}  // namespace mote

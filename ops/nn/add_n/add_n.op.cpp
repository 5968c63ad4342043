// Host half of add_n: sum of up to add_n_inputs_max tensors of one shape.
//
// Inputs: float, or int8 of one quantisation.

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/add_n/add_n_f32_reference.hpp"
#include "ops/nn/add_n/add_n_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& first = shared::input(graph, node, 0);
  require(node.inputs.size() <= static_cast<size_t>(add_n_inputs_max), node,
          "adds " + std::to_string(node.inputs.size()) + " tensors; " +
              std::to_string(add_n_inputs_max) + " are supported");
  for (size_t k = 1; k < node.inputs.size(); ++k) {
    const Tensor& x = shared::input(graph, node, k);
    require(x.dtype == first.dtype && x.shape == first.shape, node,
            "'" + x.name + "' and '" + first.name + "' differ in shape or type");
  }
  set_output(graph, node, 0, first.dtype, Shape(first.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  AddNParams params{
      static_cast<int32_t>(y.elements()), static_cast<int32_t>(node.inputs.size()), 0, 0, 0, 0};
  if (x.dtype == DType::i8) {
    for (size_t k = 1; k < node.inputs.size(); ++k) {
      shared::require_same_quantization(node, x, shared::input(graph, node, k));
    }
    const Multiplier m = quantize_multiplier(2 * static_cast<double>(x.scale()) /
                                             ((1 << 20) * static_cast<double>(y.scale())));
    params.x_zero = x.zero_point();
    params.output_zero = y.zero_point();
    params.multiplier = m.multiplier;
    params.shift = m.shift;
  }
  LoweredOp lowered;
  lowered.params = make_params(params);
  for (size_t k = 0; k < static_cast<size_t>(add_n_inputs_max); ++k) {
    lowered.operands.push_back(Operand::of_tensor(node.inputs[k < node.inputs.size() ? k : 0]));
  }
  lowered.operands.push_back(Operand::of_tensor(node.outputs[0]));
  return lowered;
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return shared::output(graph, node).elements() * static_cast<int64_t>(15 + 6 * node.inputs.size());
}

constexpr KernelVariant s8_variant{fits<DType::i8>, lower, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/add_n"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/add_n/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{106, import_tflite}};  // ADD_N

}  // namespace

extern const OpDef add_n_op;
const OpDef add_n_op{"add_n", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote

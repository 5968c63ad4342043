// Host half of reconstruction_error: shape rule, lowering.
//
// Inputs: x and its restoration, of equal shape and type (int8 or float32).
// Output: float32 [1, 1].

#include "ops/nn/reconstruction_error/reconstruction_error.hpp"

#include "compiler/ir/op.hpp"
#include "ops/nn/reconstruction_error/reconstruction_error_f32_reference.hpp"
#include "ops/nn/reconstruction_error/reconstruction_error_s8_reference.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(node.inputs.size() == 2, node, "needs an input and its restoration");
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& restored = graph.tensor(node.inputs[1]);
  require(x.dtype == restored.dtype, node, "both inputs must have one type");
  require(x.elements() == restored.elements() && x.elements() > 0, node,
          "'" + x.name + "' and '" + restored.name + "' differ in size");
  set_output(graph, node, 0, DType::f32, {1, 1});
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).elements();
}

bool fits_s8(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::i8;
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs.at(0));
  const Tensor& restored = graph.tensor(node.inputs.at(1));
  LoweredOp lowered;
  lowered.params =
      make_params(ReconstructionErrorParams{static_cast<int32_t>(x.elements()), x.zero_point(),
                                            restored.zero_point(), x.scale(), restored.scale()});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

bool fits_f32(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const int64_t count = graph.tensor(node.inputs.at(0)).elements();
  LoweredOp lowered;
  lowered.params = make_params(ReconstructionErrorF32Params{static_cast<int32_t>(count)});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 14 * macs(graph, node);
}

constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};
constexpr KernelVariant f32_variant{fits_f32, lower_f32, instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/reconstruction_error"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/reconstruction_error/kernels.inc"
};

// The mean of squared differences between real values, in the same order.
std::vector<TensorId> expand(Graph& graph, const Node& node) {
  std::vector<TensorId> rows;
  for (TensorId id : node.inputs) {
    if (graph.tensor(id).dtype != DType::f32) id = graph.add_node("dequantize", {id}, {}).at(0);
    const int64_t count = graph.tensor(id).elements();
    const Attributes row{{"shape", std::vector<int64_t>{1, count}}};
    if (graph.tensor(id).shape != Shape{1, static_cast<int32_t>(count)}) {
      id = graph.add_node("reshape", {id}, row).at(0);
    }
    rows.push_back(id);
  }
  const TensorId squares = graph.add_node("squared_difference", rows, {}).at(0);
  const TensorId axis = graph.add_constant("axis", DType::i32, {1}, std::vector<int32_t>{1});
  return graph.add_node("mean", {squares, axis}, {{"keep_dims", int64_t{1}}});
}

}  // namespace

extern const OpDef reconstruction_error_op;
const OpDef reconstruction_error_op{"reconstruction_error", infer,   macs,  kernels, {}, {},
                                    quantized::measure,     nullptr, expand};

}  // namespace mote

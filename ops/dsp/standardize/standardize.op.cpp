// Host half of standardize: shape rule, lowering.
//
// Inputs: x float32, any shape; mean and inverse: float32 constants [columns], where columns
// divides x's elements (its innermost dimensions, or all of them). Output: float32, x's shape.

#include "ops/dsp/standardize/standardize.hpp"

#include "compiler/ir/signal_shape.hpp"
#include "ops/dsp/standardize/standardize_f32_reference.hpp"

namespace mote {
namespace {

using namespace ir;

StandardizeParams params_of(const Graph& graph, const Node& node) {
  require(node.inputs.size() == 3, node, "needs x, mean and inverse");
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& mean = graph.tensor(node.inputs[1]);
  const Tensor& inverse = graph.tensor(node.inputs[2]);
  require(mean.dtype == DType::f32 && inverse.dtype == DType::f32, node,
          "mean and inverse must be f32");
  const int64_t columns = mean.elements();
  require(columns > 0 && inverse.elements() == columns && x.elements() % columns == 0, node,
          "mean has " + std::to_string(columns) + " values, inverse " +
              std::to_string(inverse.elements()) + ", which don't divide the " +
              std::to_string(x.elements()) + " of '" + x.name + "'");
  return {static_cast<int32_t>(x.elements() / columns), static_cast<int32_t>(columns)};
}

void infer(Graph& graph, const Node& node) {
  params_of(graph, node);
  require_type(graph, node, DType::f32);
  set_output(graph, node, 0, DType::f32, graph.tensor(node.inputs[0]).shape);
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.outputs.at(0)).elements();
}

bool fits(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(params_of(graph, node));
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.inputs[2]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 3;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 9 * macs(graph, node);
}

constexpr KernelVariant variant{fits, lower, instructions};

#define MOTE_OP_FOLDER "ops/dsp/standardize"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/standardize/kernels.inc"
};

// A difference and a product per column, in the same bits.
std::vector<TensorId> expand(Graph& graph, const Node& node) {
  const StandardizeParams p = params_of(graph, node);
  const Shape own = graph.tensor(node.inputs[0]).shape, table{p.rows, p.columns};
  const auto reshaped = [&](TensorId id, const Shape& shape) {
    if (graph.tensor(id).shape == shape) return id;
    const std::vector<int64_t> extents(shape.begin(), shape.end());
    return graph.add_node("reshape", {id}, {{"shape", extents}}).at(0);
  };
  const Attributes plain{{"activation", std::string("none")}};
  const TensorId x = reshaped(node.inputs[0], table);
  const TensorId mean = reshaped(node.inputs[1], {p.columns});
  const TensorId inverse = reshaped(node.inputs[2], {p.columns});
  const TensorId difference = graph.add_node("sub", {x, mean}, plain).at(0);
  return {reshaped(graph.add_node("mul", {difference, inverse}, plain).at(0), own)};
}

}  // namespace

extern const OpDef standardize_op;
const OpDef standardize_op{"standardize", infer, macs, kernels, {}, {}, {}, nullptr, expand};

}  // namespace mote

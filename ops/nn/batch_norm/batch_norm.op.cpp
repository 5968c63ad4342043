// Host half of batch_norm: shape rule. It has no kernel: a pass folds it into the convolution or
// fully connected layer before it.
//
//   y[..., c] = gamma[c] * (x[..., c] - mean[c]) / sqrt(variance[c] + epsilon) + beta[c]
//
// Inputs: x [..., c]; gamma, beta, mean, variance: f32 [c]. Attribute: epsilon.

#include "compiler/ir/op.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(node.inputs.size() == 5, node, "needs x, gamma, beta, mean and variance");
  for (TensorId id : node.inputs) require(id != no_tensor, node, "an input is missing");
  const Tensor& x = graph.tensor(node.inputs[0]);
  require(x.dtype == DType::f32 && !x.shape.empty(), node, "input must be f32 [..., c]");
  require(node.real("epsilon") > 0, node, "epsilon must be positive");
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const Tensor& parameter = graph.tensor(node.inputs[i]);
    require(parameter.dtype == DType::f32 && parameter.shape == Shape{x.shape.back()}, node,
            "'" + parameter.name + "' must be f32 [" + std::to_string(x.shape.back()) + "]");
  }
  set_output(graph, node, 0, x.dtype, x.shape);
}

int64_t macs(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).elements();
}

}  // namespace

extern const OpDef batch_norm_op;
const OpDef batch_norm_op{"batch_norm", infer, macs, {}, {}, {.role = Role::batch_norm}};

}  // namespace mote

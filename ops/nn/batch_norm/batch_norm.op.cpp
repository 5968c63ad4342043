// Host half of batch_norm: shape rule, lowering. A pass folds it into the convolution or fully
// connected layer before it; where there is none, it is a product and a sum per channel.
//
//   y[..., c] = gamma[c] * (x[..., c] - mean[c]) / sqrt(variance[c] + epsilon) + beta[c]
//
// Inputs: x [..., c]; gamma, beta, mean, variance: f32 [c]. Attribute: epsilon.

#include <cmath>

#include "compiler/ir/op.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

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

bool fits(const Graph& graph, const Node& node) {
  for (size_t i = 1; i < 5; ++i) {
    if (!shared::input(graph, node, i).constant) return false;
  }
  return true;
}

// One call over [rows, channels] with an operand [channels].
LoweredOp per_channel(const Graph& graph, const Node& node, BinaryFunction function, TensorId from,
                      Operand channels) {
  const Tensor& x = shared::input(graph, node, 0);
  BinaryFloatParams p{};
  p.n0 = p.n1 = 1;
  p.n3 = x.shape.back();
  p.n2 = static_cast<int32_t>(x.elements() / p.n3);
  p.a_stride2 = p.n3;
  p.a_stride3 = p.b_stride3 = 1;
  p.function = static_cast<int32_t>(function);
  const shared::FloatRange range;
  p.activation_min = range.min;
  p.activation_max = range.max;
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(from), std::move(channels),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

// y = factor * x + offset per channel, by constants.
struct Affine {
  std::vector<float> factor, offset;

  Affine(const Graph& graph, const Node& node) {
    const auto values = [&](size_t index) {
      return shared::input(graph, node, index).values<float>();
    };
    const auto gamma = values(1), beta = values(2), mean = values(3), variance = values(4);
    for (size_t c = 0; c < gamma.size(); ++c) {
      const double scale = static_cast<double>(gamma[c]) /
                           std::sqrt(static_cast<double>(variance[c]) + node.real("epsilon"));
      factor.push_back(static_cast<float>(scale));
      offset.push_back(
          static_cast<float>(static_cast<double>(beta[c]) - static_cast<double>(mean[c]) * scale));
    }
  }
};

LoweredOp lower(const Graph& graph, const Node& node) {
  const Affine affine(graph, node);
  LoweredOp product = per_channel(graph, node, BinaryFunction::multiply, node.inputs[0],
                                  Operand::of_constant("factor", affine.factor));
  product.then.push_back(per_channel(graph, node, BinaryFunction::add, node.outputs[0],
                                     Operand::of_constant("offset", affine.offset)));
  return product;
}

std::vector<TensorId> expand(Graph& graph, const Node& node) {
  if (!fits(graph, node)) return {};
  const Affine affine(graph, node);
  const Attributes plain{{"activation", std::string("none")}};
  const Shape channels{static_cast<int32_t>(affine.factor.size())};
  const TensorId factor = graph.add_constant("factor", DType::f32, channels, affine.factor);
  const TensorId offset = graph.add_constant("offset", DType::f32, channels, affine.offset);
  const TensorId product = graph.add_node("mul", {node.inputs[0], factor}, plain).at(0);
  return graph.add_node("add", {product, offset}, plain);
}

struct Kernels {
  KernelInfo entries[1];
  Kernels() : entries{shared::binary_kernel(0)} {  // float
    entries[0].fits = fits;
    entries[0].lower = lower;
  }
};
const Kernels kernels;

}  // namespace

extern const OpDef batch_norm_op;
const OpDef batch_norm_op{"batch_norm", infer,
                          macs,         kernels.entries,
                          {},           {.role = Role::batch_norm, .axes = AxisRule::last},
                          {},           nullptr,
                          expand};

}  // namespace mote

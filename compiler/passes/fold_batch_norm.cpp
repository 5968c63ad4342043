#include <algorithm>
#include <cmath>

#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;

bool constant_float(const Graph& graph, ir::TensorId id) {
  return id != ir::no_tensor && graph.tensor(id).constant &&
         graph.tensor(id).dtype == ir::DType::f32;
}

// Whether `linear` followed by `norm` can be one linear op.
bool foldable(const Graph& graph, const Node& linear, const Node& norm) {
  const bool has_bias = linear.inputs.size() > 2 && linear.inputs[2] != ir::no_tensor;
  return traits(linear).role == ir::Role::linear && linear.text("activation", "none") == "none" &&
         constant_float(graph, linear.inputs.at(1)) &&
         (!has_bias || constant_float(graph, linear.inputs[2])) &&
         std::all_of(norm.inputs.begin() + 1, norm.inputs.end(),
                     [&](ir::TensorId id) { return constant_float(graph, id); });
}

void fold(Graph& graph, Node& linear, const Node& norm) {
  const auto gamma = graph.tensor(norm.inputs[1]).values<float>();
  const auto beta = graph.tensor(norm.inputs[2]).values<float>();
  const auto mean = graph.tensor(norm.inputs[3]).values<float>();
  const auto variance = graph.tensor(norm.inputs[4]).values<float>();
  const double epsilon = norm.real("epsilon");
  const size_t channels = gamma.size();
  std::vector<double> factor(channels);
  for (size_t c = 0; c < channels; ++c) factor[c] = gamma[c] / std::sqrt(variance[c] + epsilon);

  // Copies, since another node may share the constants.
  Tensor weights = graph.tensor(linear.inputs[1]);
  weights.quantization = {};
  const auto axis = static_cast<size_t>(traits(linear).channel_axis);
  size_t inner = 1;  // elements between one channel and the next
  for (size_t i = axis + 1; i < weights.shape.size(); ++i) {
    inner *= static_cast<size_t>(weights.shape[i]);
  }
  const auto w = weights.values<float>();
  for (size_t i = 0; i < w.size(); ++i) {
    w[i] = static_cast<float>(w[i] * factor[i / inner % channels]);
  }

  const bool has_bias = linear.inputs.size() > 2 && linear.inputs[2] != ir::no_tensor;
  std::vector<float> bias(channels);
  for (size_t c = 0; c < channels; ++c) {
    const double own = has_bias ? graph.tensor(linear.inputs[2]).values<float>()[c] : 0;
    bias[c] = static_cast<float>((own - mean[c]) * factor[c] + beta[c]);
  }
  const std::string name = weights.name;
  linear.inputs.resize(3);
  linear.inputs[1] = graph.add_tensor(std::move(weights));
  linear.inputs[2] =
      graph.add_constant(name + "/bias", ir::DType::f32, {static_cast<int32_t>(channels)}, bias);
}

}  // namespace

void fold_batch_norm(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size();) {
    const Node norm = graph.nodes[i];
    const int32_t producer =
        traits(norm).role == ir::Role::batch_norm ? sole_producer(graph, norm, 0) : -1;
    if (producer < 0 || !foldable(graph, graph.nodes[static_cast<size_t>(producer)], norm)) {
      ++i;
      continue;
    }
    Node& linear = graph.nodes[static_cast<size_t>(producer)];
    fold(graph, linear, norm);
    absorb(graph, linear, i);
  }
}

}  // namespace mote::passes

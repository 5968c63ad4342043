#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;

bool single_channel(const Graph& graph, const Node& node) {
  const ir::OpTraits& own = traits(node);
  if (own.role != ir::Role::linear || own.mixed_form.empty()) return false;
  const Tensor& x = graph.tensor(node.inputs.at(0));
  const Tensor& weights = graph.tensor(node.inputs.at(1));
  return x.dtype == ir::DType::i8 && weights.dtype == ir::DType::i8 && weights.constant &&
         x.shape.back() == 1 && weights.shape.size() == 4 && own.channel_axis == 3;
}

// [1, h, w, out] -> [out, h, w, 1].
Tensor outputs_first(Tensor weights) {
  const std::vector<uint8_t> values = weights.data;
  const auto out = static_cast<size_t>(weights.shape.back());
  const size_t taps = values.size() / out;
  for (size_t o = 0; o < out; ++o) {
    for (size_t tap = 0; tap < taps; ++tap) weights.data[o * taps + tap] = values[tap * out + o];
  }
  std::swap(weights.shape.front(), weights.shape.back());
  if (weights.quantization.axis == 3) weights.quantization.axis = 0;
  return weights;
}

}  // namespace

void mix_single_channel(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (!single_channel(graph, node)) continue;
    node.inputs[1] = graph.add_tensor(outputs_first(graph.tensor(node.inputs[1])));
    node.op = traits(node).mixed_form;
    node.attributes.erase("depth_multiplier");
  }
}

}  // namespace mote::passes

#include <optional>

#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;

// Values in front of and behind the rows and columns of an image.
struct Margins {
  int64_t top, bottom, left, right;
};

// Whether what `padding` adds is real zero, as a window sees it outside its input.
bool adds_zero(const Graph& graph, const Node& padding) {
  const Tensor& y = graph.tensor(padding.outputs[0]);
  if (padding.inputs.size() < 3 || padding.inputs[2] == ir::no_tensor) return true;
  const Tensor& value = graph.tensor(padding.inputs[2]);
  if (!value.constant || value.dtype != y.dtype || value.elements() != 1) return false;
  if (y.dtype == ir::DType::f32) return value.values<float>()[0] == 0.0f;
  if (y.dtype == ir::DType::i8) return value.values<int8_t>()[0] == y.zero_point();
  return y.dtype == ir::DType::i16 && value.values<int16_t>()[0] == y.zero_point();
}

// What `padding` adds around an image; nothing where it adds batches or channels too.
std::optional<Margins> margins_of(const Graph& graph, const Node& padding) {
  const Tensor& amounts = graph.tensor(padding.inputs[1]);
  if (!amounts.constant || amounts.dtype != ir::DType::i32 || amounts.shape != ir::Shape{4, 2}) {
    return std::nullopt;
  }
  const auto n = amounts.values<int32_t>();
  if (n[0] != 0 || n[1] != 0 || n[6] != 0 || n[7] != 0) return std::nullopt;
  return Margins{n[2], n[3], n[4], n[5]};
}

// `window` as it is when it pads by itself; nothing when it can't.
std::optional<Node> padded(const Graph& graph, const Node& padding, Node window) {
  const auto margins = margins_of(graph, padding);
  if (!margins || !adds_zero(graph, padding)) return std::nullopt;
  window.inputs[0] = padding.inputs[0];
  window.attributes["padding"] = std::string("explicit");
  window.attributes["pad_top"] = margins->top;
  window.attributes["pad_bottom"] = margins->bottom;
  window.attributes["pad_left"] = margins->left;
  window.attributes["pad_right"] = margins->right;
  // A window that lies in the padding alone is refused by its geometry.
  return has_kernel(graph, window) ? std::optional(std::move(window)) : std::nullopt;
}

}  // namespace

void fuse_padding(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size();) {
    const Node& window = graph.nodes[i];
    const bool pads_not =
        traits(window).role == ir::Role::linear && window.text("padding", "") == "valid";
    const int32_t producer = pads_not ? sole_producer(graph, window, 0) : -1;
    std::optional<Node> fused;
    if (producer >= 0) {
      const Node& padding = graph.nodes[static_cast<size_t>(producer)];
      if (traits(padding).role == ir::Role::padding) fused = padded(graph, padding, window);
    }
    if (!fused) {
      ++i;
      continue;
    }
    graph.nodes[i] = std::move(*fused);
    graph.nodes.erase(graph.nodes.begin() + producer);
  }
}

}  // namespace mote::passes

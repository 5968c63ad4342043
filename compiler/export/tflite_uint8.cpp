#include "compiler/export/tflite_uint8.hpp"

#include <algorithm>
#include <set>

#include "compiler/ir/op.hpp"

namespace mote::tflite {
namespace {

using ir::Graph;
using ir::Node;
using ir::TensorId;

constexpr int32_t shift = 128;

bool in_uint8(const Node& node) {
  return node.integer("uint8", 0) != 0;
}

// Tensors of int8 that stand for uint8: results of marked nodes, and quantised values they read.
std::set<TensorId> shifted_tensors(const Graph& graph) {
  std::set<TensorId> found;
  const auto add = [&](TensorId id) {
    if (id == ir::no_tensor) return;
    const ir::Tensor& tensor = graph.tensor(id);
    if (tensor.dtype == ir::DType::i8 && !tensor.quantization.empty()) found.insert(id);
  };
  for (const Node& node : graph.nodes) {
    if (!in_uint8(node)) continue;
    std::ranges::for_each(node.inputs, add);
    std::ranges::for_each(node.outputs, add);
  }
  return found;
}

// Whether `node` only says in uint8 what `inner` says in int8, or the other way round.
bool converts(const Graph& graph, const Node& node, TensorId port, TensorId inner) {
  const ir::Tensor &outside = graph.tensor(port), &inside = graph.tensor(inner);
  return ir::find_op(node.op).traits.role == ir::Role::quantize && !in_uint8(node) &&
         outside.dtype == ir::DType::u8 && inside.dtype == ir::DType::i8 &&
         outside.quantization.scale == inside.quantization.scale &&
         outside.zero_point() == inside.zero_point() + shift;
}

class Restorer {
 public:
  explicit Restorer(const Graph& graph) : graph_(graph), shifted_(shifted_tensors(graph)) {}

  Graph run() {
    if (shifted_.empty()) return graph_;
    Graph file = graph_;
    std::erase_if(file.nodes, [&](const Node& node) { return is_port(file, node); });
    const auto stays = [&](TensorId id) { return shifted_.contains(id) && !renamed_.contains(id); };
    if (std::ranges::any_of(file.inputs, stays) || std::ranges::any_of(file.outputs, stays)) {
      return graph_;
    }
    for (TensorId id : shifted_) restore(file.tensor(id));
    for (Node& node : file.nodes) node.attributes.erase("uint8");
    return file;
  }

 private:
  // The conversion's int8 side takes the place and the name of its uint8 side.
  bool is_port(Graph& file, const Node& node) {
    const TensorId from = node.inputs.at(0), to = node.outputs.at(0);
    const bool entry = std::ranges::count(graph_.inputs, from) > 0 && shifted_.contains(to) &&
                       converts(graph_, node, from, to);
    const bool exit = std::ranges::count(graph_.outputs, to) > 0 && shifted_.contains(from) &&
                      converts(graph_, node, to, from);
    if (!entry && !exit) return false;
    const TensorId port = entry ? from : to, inner = entry ? to : from;
    std::ranges::replace(entry ? file.inputs : file.outputs, port, inner);
    file.tensor(inner).name = graph_.tensor(port).name;
    renamed_.insert(inner);
    return true;
  }

  static void restore(ir::Tensor& tensor) {
    tensor.dtype = ir::DType::u8;
    for (int32_t& zero : tensor.quantization.zero_point) zero += shift;
    for (uint8_t& byte : tensor.data) byte = static_cast<uint8_t>(byte + shift);
  }

  const Graph& graph_;
  std::set<TensorId> shifted_, renamed_;
};

}  // namespace

Graph in_uint8(const Graph& graph) {
  return Restorer(graph).run();
}

}  // namespace mote::tflite

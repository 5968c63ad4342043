// Walks the nodes in order and writes them anew. Real tensors that a dequantize node, or an op that
// only moves values, makes of stored ones are known with their stored tensor. At a quantize node
// the op before it is computed on stored values if its traits and an int8 kernel allow it.

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"
#include "compiler/passes/stored_constant.hpp"

namespace mote::passes {
namespace {

using ir::DType;
using ir::Graph;
using ir::Node;
using ir::Quantization;
using ir::Role;
using ir::StoredForm;
using ir::Tensor;
using ir::TensorId;

constexpr const char* mark = "simulated";

bool simulates(const Node& node, Role role) {
  return traits(node).role == role && node.integer(mark, 0) != 0;
}

class Folder {
 public:
  explicit Folder(Graph& graph) : graph_(graph) {}

  void run() {
    const std::vector<Node> before = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (const Node& node : before) {
      for (const TensorId id : node.inputs) ++readers_[id];
    }
    for (const TensorId id : graph_.outputs) ++readers_[id];
    for (const Node& node : before) place(node);
  }

 private:
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  bool real(TensorId id) const { return id != ir::no_tensor && tensor(id).dtype == DType::f32; }

  TensorId fresh(const std::string& name, DType dtype, ir::Shape shape, Quantization quantization) {
    return graph_.add_tensor({name, dtype, std::move(shape), std::move(quantization), false, {}});
  }

  void place(Node node) {
    for (TensorId& id : node.inputs) {
      const auto same = same_.find(id);
      if (same != same_.end()) id = same->second;
    }
    if (simulates(node, Role::dequantize)) return place_dequantize(std::move(node));
    if (simulates(node, Role::quantize)) return place_quantize(std::move(node));
    if (traits(node).stored == StoredForm::moved && node.outputs.size() == 1) {
      if (move_stored(node) || move_unsigned(node)) return;
    }
    graph_.nodes.push_back(std::move(node));
  }

  void place_dequantize(Node node) {
    const TensorId q = node.inputs.at(0), y = node.outputs.at(0);
    const Tensor& stored = tensor(q);
    const bool narrow = stored.dtype == DType::i8 || stored.dtype == DType::u8;
    if (narrow && stored.quantization.axis < 0) {
      stored_[y] = int8_of(q);
      node.inputs[0] = stored_[y];
    }
    graph_.nodes.push_back(std::move(node));
  }

  // The int8 tensor for a stored one: itself, or the twin of an unsigned one.
  TensorId int8_of(TensorId q) {
    if (tensor(q).dtype != DType::u8) return q;
    const auto known = twins_.find(q);
    if (known != twins_.end()) return known->second;
    const TensorId twin = twin_of(q);
    graph_.nodes.push_back({std::string(op_with_role(Role::quantize)), {q}, {twin}, {}});
    return twin;
  }

  // A new int8 tensor for the unsigned q, whose writer is up to the caller.
  TensorId twin_of(TensorId q) {
    const TensorId twin = fresh(tensor(q).name, DType::i8, tensor(q).shape, int8_quantization(q));
    return twins_[q] = twin;
  }

  // Where the int8 values of q are to be written; q follows from them when it is unsigned.
  TensorId int8_target(TensorId q) { return tensor(q).dtype == DType::u8 ? twin_of(q) : q; }
  void finish_target(TensorId q, TensorId target) {
    if (q == target) return;
    graph_.nodes.push_back({std::string(op_with_role(Role::quantize)), {target}, {q}, {}});
  }

  void place_quantize(Node node) {
    const TensorId f = node.inputs.at(0), q = node.outputs.at(0);
    const bool narrow = tensor(q).dtype == DType::i8 || tensor(q).dtype == DType::u8;
    if (!narrow || tensor(q).quantization.axis >= 0) {
      graph_.nodes.push_back(std::move(node));
      return;
    }
    const auto known = stored_input(f);
    if (known && !graph_.is_output(q) && tensor(*known).quantization == int8_quantization(q)) {
      twins_[q] = *known;
      if (tensor(q).dtype == DType::i8) same_[q] = *known;
      return finish_target(q, tensor(q).dtype == DType::u8 ? *known : q);
    }
    const TensorId target = int8_target(q);
    if (!fold_into(f, target)) {
      node.outputs[0] = target;
      graph_.nodes.push_back(std::move(node));
    }
    finish_target(q, target);
  }

  Quantization int8_quantization(TensorId q) const {
    const Quantization& own = tensor(q).quantization;
    return tensor(q).dtype == DType::u8 ? shifted_to_int8(own) : own;
  }

  // Writes int8 `target`, the stored values of real `f`, without `f`. False when that isn't
  // possible.
  bool fold_into(TensorId f, TensorId target) {
    const auto known = stored_.find(f);
    if (known != stored_.end()) {
      graph_.nodes.push_back(
          {std::string(op_with_role(Role::quantize)), {known->second}, {target}, {}});
      return true;
    }
    const int32_t at = graph_.producer(f);
    if (at < 0 || readers_[f] != 1) return false;
    const Node node = graph_.nodes[static_cast<size_t>(at)];
    if (node.outputs.size() != 1) return false;
    switch (traits(node).stored) {
      case StoredForm::none:
        return false;
      case StoredForm::free:
        return traits(node).role == Role::linear ? fold_linear(node, target)
                                                 : fold_free(node, target);
      case StoredForm::kept:
        return fold_rescaled(node, target, graph_input_quantization(node));
      case StoredForm::own:
        return fold_rescaled(node, target,
                             Quantization{{traits(node).own_scale}, {traits(node).own_zero}, -1});
      case StoredForm::moved:
        return fold_moved(node, target);
    }
    return false;
  }

  // The int8 tensor that a real one is dequantised from.
  std::optional<TensorId> stored_input(TensorId id) const {
    const auto known = stored_.find(id);
    if (known == stored_.end()) return std::nullopt;
    return known->second;
  }

  Quantization graph_input_quantization(const Node& node) {
    const auto x = stored_input(node.inputs.at(0));
    return x ? tensor(*x).quantization : Quantization{};
  }

  // Adds the node if an int8 kernel takes it.
  bool add_if_supported(Node node) {
    try {
      ir::find_op(node.op).infer(graph_, node);
    } catch (const ir::GraphError&) {
      return false;
    }
    if (!has_kernel(graph_, node)) return false;
    graph_.nodes.push_back(std::move(node));
    return true;
  }

  // All real inputs by their stored ones.
  std::optional<Node> with_stored_inputs(Node node) {
    for (TensorId& id : node.inputs) {
      if (!real(id)) continue;
      if (const auto stored = stored_input(id)) {
        id = *stored;
        continue;
      }
      if (!tensor(id).constant) return std::nullopt;
      if (auto multiples = stored_multiples(tensor(id))) {
        id = graph_.add_tensor(std::move(*multiples));
      } else if (uniform(tensor(id))) {
        id = graph_.add_tensor(stored_uniform(tensor(id)));
      } else {
        return std::nullopt;
      }
    }
    return node;
  }

  bool fold_free(const Node& node, TensorId target) {
    auto made = with_stored_inputs(node);
    if (!made) return false;
    made->outputs = {target};
    return add_if_supported(std::move(*made));
  }

  // The op gives other scales than the target's, which a further node changes.
  bool fold_rescaled(const Node& node, TensorId target, const Quantization& own) {
    if (own.empty()) return false;
    if (own == tensor(target).quantization) return fold_free(node, target);
    const TensorId between = fresh(tensor(target).name, DType::i8, tensor(target).shape, own);
    if (!fold_free(node, between)) return false;
    graph_.nodes.push_back({std::string(op_with_role(Role::quantize)), {between}, {target}, {}});
    return true;
  }

  bool fold_linear(const Node& node, TensorId target) {
    const auto x = stored_input(node.inputs.at(0));
    const TensorId w = node.inputs.at(1);
    if (!x || !real(w) || !tensor(w).constant) return false;
    const auto weights = symmetric_weights(tensor(w));
    const int32_t axis = traits(node).channel_axis;
    if (!weights || (weights->quantization.axis >= 0 && weights->quantization.axis != axis)) {
      return false;
    }
    Node made = node;
    made.inputs[0] = *x;
    if (const Tensor* bias = bias_of(graph_, node)) {
      if (!bias->constant || bias->dtype != DType::f32) return false;
      made.inputs[2] =
          graph_.add_tensor(stored_bias(*bias, tensor(*x).scale(), weights->quantization));
    }
    made.inputs[1] = graph_.add_tensor(*weights);
    made.outputs = {target};
    return add_if_supported(std::move(made));
  }

  // Values are stored as the target before they move.
  bool fold_moved(const Node& node, TensorId target) {
    Node made = node;
    const Quantization quantization = tensor(target).quantization;
    std::vector<std::pair<TensorId, TensorId>> rest;  // real tensors, and where they are stored
    for (TensorId& id : made.inputs) {
      if (!real(id)) continue;
      if (tensor(id).constant) {
        id = graph_.add_tensor(stored_as(tensor(id), quantization));
      } else {
        const TensorId before = fresh(tensor(id).name, DType::i8, tensor(id).shape, quantization);
        rest.emplace_back(id, before);
        id = before;
      }
    }
    made.outputs = {target};
    if (!supported(made)) return false;
    for (const auto& [f, before] : rest) {
      const auto known = stored_input(f);
      if (known && tensor(*known).quantization == quantization) {
        std::ranges::replace(made.inputs, before, *known);
      } else if (!fold_into(f, before)) {
        graph_.nodes.push_back({std::string(op_with_role(Role::quantize)), {f}, {before}, {}});
      }
    }
    graph_.nodes.push_back(std::move(made));
    return true;
  }

  bool supported(const Node& node) {
    if (!add_if_supported(node)) return false;
    graph_.nodes.pop_back();
    return true;
  }

  // An op that only moves real values of equal scale moves the stored ones, which are dequantised
  // after it.
  bool move_stored(const Node& node) {
    std::optional<Quantization> common;
    Node made = node;
    for (TensorId& id : made.inputs) {
      if (!real(id)) continue;
      const auto stored = stored_input(id);
      if (!stored) return false;
      if (common && *common != tensor(*stored).quantization) return false;
      common = tensor(*stored).quantization;
      id = *stored;
    }
    const TensorId y = node.outputs[0];
    if (!common || !real(y)) return false;
    made.outputs = {fresh(tensor(y).name, DType::i8, tensor(y).shape, *common)};
    const TensorId moved = made.outputs[0];
    if (!add_if_supported(std::move(made))) return false;
    stored_[y] = moved;
    graph_.nodes.push_back(
        {std::string(op_with_role(Role::dequantize)), {moved}, {y}, {{mark, int64_t{1}}}});
    return true;
  }

  // The same for an op on unsigned stored values themselves.
  bool move_unsigned(const Node& node) {
    const TensorId y = node.outputs[0];
    if (tensor(y).dtype != DType::u8) return false;
    Node made = node;
    for (TensorId& id : made.inputs) {
      if (id == ir::no_tensor || tensor(id).dtype != DType::u8) continue;
      if (tensor(id).quantization.scale.size() != 1) return false;
      if (tensor(y).quantization.empty()) graph_.tensor(y).quantization = tensor(id).quantization;
      if (tensor(y).quantization != tensor(id).quantization) return false;
      id = int8_of(id);
    }
    if (tensor(y).quantization.empty()) return false;
    const TensorId target = int8_target(y);
    made.outputs = {target};
    if (!add_if_supported(std::move(made))) {
      twins_.erase(y);
      return false;
    }
    finish_target(y, target);
    return true;
  }

  Graph& graph_;
  std::map<TensorId, TensorId> stored_;  // real tensor: the int8 one that it is dequantised from
  std::map<TensorId, TensorId> twins_;   // unsigned tensor: the int8 one of the same real values
  std::map<TensorId, TensorId> same_;    // int8 tensor: another one with its values
  std::map<TensorId, int> readers_;
};

}  // namespace

void fold_quantization(Graph& graph) {
  const bool any = std::ranges::any_of(graph.nodes, [](const Node& node) {
    return simulates(node, Role::dequantize) || simulates(node, Role::quantize);
  });
  if (!any) return;
  Folder(graph).run();
  ir::remove_dead(graph);
}

}  // namespace mote::passes

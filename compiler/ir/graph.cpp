#include "compiler/ir/graph.hpp"

#include <algorithm>

#include "compiler/ir/op.hpp"

namespace mote::ir {

std::string_view dtype_name(DType dtype) {
  switch (dtype) {
#define MOTE_DTYPE_NAME(name, type) \
  case DType::name:                 \
    return #name;
    MOTE_DTYPE_LIST(MOTE_DTYPE_NAME)
#undef MOTE_DTYPE_NAME
  }
  throw GraphError("unknown dtype");
}

DType dtype_from_name(std::string_view name) {
#define MOTE_DTYPE_PARSE(id, type) \
  if (name == #id) return DType::id;
  MOTE_DTYPE_LIST(MOTE_DTYPE_PARSE)
#undef MOTE_DTYPE_PARSE
  throw GraphError("'" + std::string(name) + "' is not a tensor type");
}

int64_t dtype_bytes(DType dtype) {
  switch (dtype) {
#define MOTE_DTYPE_BYTES(name, type) \
  case DType::name:                  \
    return sizeof(type);
    MOTE_DTYPE_LIST(MOTE_DTYPE_BYTES)
#undef MOTE_DTYPE_BYTES
  }
  throw GraphError("unknown dtype");
}

int64_t Tensor::elements() const {
  int64_t count = 1;
  for (int32_t extent : shape) count *= extent;
  return count;
}

float Tensor::scale() const {
  if (quantization.scale.size() != 1) {
    throw GraphError("tensor '" + name + "' needs one scale for the whole tensor, it has " +
                     std::to_string(quantization.scale.size()));
  }
  return quantization.scale[0];
}

int32_t Tensor::zero_point() const {
  if (quantization.zero_point.size() != 1) {
    throw GraphError("tensor '" + name + "' needs one zero point for the whole tensor, it has " +
                     std::to_string(quantization.zero_point.size()));
  }
  return quantization.zero_point[0];
}

namespace {

template <class T>
const T* find_attribute(const Node& node, std::string_view name) {
  const auto found = node.attributes.find(std::string(name));
  if (found == node.attributes.end()) return nullptr;
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) {
    throw GraphError("op " + node.op + ": attribute '" + std::string(name) +
                     "' has the wrong type");
  }
  return value;
}

template <class T>
const T& require_attribute(const Node& node, std::string_view name) {
  const T* value = find_attribute<T>(node, name);
  if (value == nullptr) {
    throw GraphError("op " + node.op + ": attribute '" + std::string(name) + "' is missing");
  }
  return *value;
}

}  // namespace

int64_t Node::integer(std::string_view name) const {
  return require_attribute<int64_t>(*this, name);
}
int64_t Node::integer(std::string_view name, int64_t fallback) const {
  const auto* value = find_attribute<int64_t>(*this, name);
  return value ? *value : fallback;
}
double Node::real(std::string_view name) const {
  return require_attribute<double>(*this, name);
}
double Node::real(std::string_view name, double fallback) const {
  const auto* value = find_attribute<double>(*this, name);
  return value ? *value : fallback;
}
std::string Node::text(std::string_view name) const {
  return require_attribute<std::string>(*this, name);
}
std::string Node::text(std::string_view name, std::string_view fallback) const {
  const auto* value = find_attribute<std::string>(*this, name);
  return value ? *value : std::string(fallback);
}
std::vector<int64_t> Node::integers(std::string_view name) const {
  return require_attribute<std::vector<int64_t>>(*this, name);
}

TensorId Graph::add_tensor(Tensor tensor) {
  tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(tensors.size()) - 1;
}

std::vector<TensorId> Graph::add_node(std::string op, std::vector<TensorId> node_inputs,
                                      Attributes attributes, int output_count) {
  Node node{std::move(op), std::move(node_inputs), {}, std::move(attributes), -1};
  for (int i = 0; i < output_count; ++i) {
    node.outputs.push_back(
        add_tensor({node.op + "_" + std::to_string(nodes.size()), DType::f32, {}, {}, false, {}}));
  }
  find_op(node.op).infer(*this, node);
  nodes.push_back(node);
  return node.outputs;
}

int32_t Graph::producer(TensorId id) const {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (std::ranges::count(nodes[i].outputs, id) > 0) return static_cast<int32_t>(i);
  }
  return -1;
}

std::vector<int32_t> Graph::consumers(TensorId id) const {
  std::vector<int32_t> readers;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (std::ranges::count(nodes[i].inputs, id) > 0) readers.push_back(static_cast<int32_t>(i));
  }
  return readers;
}

bool Graph::is_output(TensorId id) const {
  return std::ranges::count(outputs, id) > 0;
}

bool Graph::writes_variable(const Node& node) const {
  return std::ranges::any_of(node.outputs, [&](TensorId id) { return tensor(id).variable; });
}

void remove_dead(Graph& graph) {
  std::vector<bool> needed(graph.tensors.size(), false);
  for (TensorId id : graph.outputs) needed.at(static_cast<size_t>(id)) = true;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const bool live =
        graph.writes_variable(node) || std::ranges::any_of(node.outputs, [&](TensorId id) {
          return needed.at(static_cast<size_t>(id));
        });
    if (!live) {
      graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    for (TensorId id : node.inputs) {
      if (id != no_tensor) needed.at(static_cast<size_t>(id)) = true;
    }
  }
  for (const Node& node : graph.nodes) {
    for (TensorId id : node.outputs) needed.at(static_cast<size_t>(id)) = true;
  }
  for (TensorId id : graph.inputs) needed.at(static_cast<size_t>(id)) = true;

  std::vector<TensorId> renumbered(graph.tensors.size(), no_tensor);
  std::vector<Tensor> kept;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!needed[i]) continue;
    renumbered[i] = static_cast<TensorId>(kept.size());
    kept.push_back(std::move(graph.tensors[i]));
  }
  graph.tensors = std::move(kept);
  const auto renumber = [&](std::vector<TensorId>& ids) {
    for (TensorId& id : ids) {
      if (id != no_tensor) id = renumbered[static_cast<size_t>(id)];
    }
  };
  renumber(graph.inputs);
  renumber(graph.outputs);
  for (Node& node : graph.nodes) {
    renumber(node.inputs);
    renumber(node.outputs);
  }
}

}  // namespace mote::ir

// Walks the nodes in order and writes them anew. A transpose or reshape is not written at first:
// its output is a view of its input. A node that reads views is rewritten, where its op allows, to
// read what they are views of; its output is then a view too. Views that meet become one or vanish.
// What a node reads that can't be rewritten is written just before it.

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "compiler/passes/axis_order.hpp"
#include "compiler/passes/passes.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::AxisRule;
using ir::Graph;
using ir::Node;
using ir::Role;
using ir::Shape;
using ir::Tensor;
using ir::TensorId;

// A tensor as another one (base) with its axes in another order, else in another shape.
struct View {
  TensorId base;
  AxisOrder order;                                // empty: reshaped
  auto operator<=>(const View&) const = default;  // NOLINT(modernize-use-nullptr)
};

class Sinker {
 public:
  explicit Sinker(Graph graph) : graph_(std::move(graph)) {}

  Graph run() {
    const std::vector<Node> before = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (const Node& node : before) place(node);
    for (const TensorId id : graph_.outputs) write_output(id);
    return std::move(graph_);
  }

 private:
  const Shape& shape(TensorId id) const { return graph_.tensor(id).shape; }
  const View* view(TensorId id) const {
    const auto found = views_.find(id);
    return found == views_.end() ? nullptr : &found->second;
  }
  // The view that a transpose made; nullptr for others.
  const View* transposed_view(TensorId id) const {
    const View* of = id == ir::no_tensor ? nullptr : view(id);
    return of != nullptr && !of->order.empty() ? of : nullptr;
  }
  const View* reshaped_view(TensorId id) const {
    const View* of = id == ir::no_tensor ? nullptr : view(id);
    return of != nullptr && of->order.empty() ? of : nullptr;
  }
  bool one_element(TensorId id) const { return graph_.tensor(id).elements() == 1; }

  // A tensor like `like` in another shape, which nothing writes yet.
  TensorId fresh(TensorId like, Shape with) {
    const Tensor& old = graph_.tensor(like);
    return graph_.add_tensor({old.name, old.dtype, std::move(with), old.quantization, false, {}});
  }

  // The tensor that is `base` transposed: a constant, base itself, or a view.
  TensorId transposed(TensorId base, AxisOrder order) {
    if (graph_.tensor(base).constant) {
      return graph_.add_tensor(permuted(graph_.tensor(base), order));
    }
    if (const View* of = transposed_view(base)) {
      order = composed(of->order, order);
      base = of->base;
    }
    const bool same =
        moves_nothing(shape(base), order) && permuted(shape(base), order) == shape(base);
    if (same) return base;
    return add_view({base, order}, permuted(shape(base), order));
  }

  // A copy of the shape, since tensors move.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  TensorId reshaped(TensorId base, Shape to) {
    if (to == shape(base)) return base;
    if (graph_.tensor(base).constant && graph_.tensor(base).quantization.axis < 0) {
      Tensor copy = graph_.tensor(base);
      copy.shape = to;
      return graph_.add_tensor(std::move(copy));
    }
    if (const View* of = reshaped_view(base)) return reshaped(of->base, to);
    if (const View* of = transposed_view(base)) {
      const View known = *of;
      if (moves_nothing(shape(known.base), known.order)) return reshaped(known.base, to);
      if (const auto through = through_reshape(shape(known.base), known.order, to)) {
        const TensorId inner = transposed(known.base, through->before);
        return transposed(reshaped(inner, through->shape), through->after);
      }
    }
    return add_view({base, {}}, to);
  }

  TensorId add_view(View made, const Shape& with) {
    const auto key = std::pair(made, with);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    const TensorId id = fresh(made.base, with);
    known_[key] = id;
    views_[id] = std::move(made);
    return id;
  }

  TensorId now(TensorId id) const {
    const auto found = same_.find(id);
    return found == same_.end() ? id : found->second;
  }

  // Writes what a view holds, unless that has been done.
  void write(TensorId id) {
    const View* of = id == ir::no_tensor ? nullptr : view(id);
    if (of == nullptr || !written_.insert(id).second) return;
    View made = *of;
    const auto moves = [&](const View& v) {
      return !v.order.empty() && !moves_nothing(shape(v.base), v.order);
    };
    const bool copies = moves(made);
    if (!copies) {  // of what is reshaped several times the first counts
      while (view(made.base) != nullptr && !moves(*view(made.base)))
        made.base = view(made.base)->base;
    }
    write(made.base);
    Node node{std::string(op_with_role(copies ? Role::permutation : Role::reshape)),
              {made.base},
              {id},
              {}};
    if (copies) {
      node.inputs.push_back(graph_.add_constant(graph_.tensor(id).name + "/order", ir::DType::i32,
                                                {static_cast<int32_t>(made.order.size())},
                                                made.order));
    } else {
      node.attributes["shape"] = std::vector<int64_t>(shape(id).begin(), shape(id).end());
    }
    graph_.nodes.push_back(std::move(node));
  }

  void write_output(TensorId id) {
    const TensorId value = now(id);
    if (value == id) return;
    write(value);
    // The node that writes the value writes the output instead, when the output is the only one.
    const int32_t producer = graph_.producer(value);
    const bool takes = producer >= 0 && !graph_.is_output(value) && !graph_.tensor(value).variable;
    if (!takes) {
      const std::vector<int64_t> extents(shape(id).begin(), shape(id).end());
      graph_.nodes.push_back(
          {std::string(op_with_role(Role::reshape)), {value}, {id}, {{"shape", extents}}});
      return;
    }
    for (Node& node : graph_.nodes) {
      std::ranges::replace(node.inputs, value, id);
      std::ranges::replace(node.outputs, value, id);
    }
    same_[id] = id;
    for (auto& [of, is] : same_) {
      if (is == value) is = id;
    }
    for (auto& [of, made] : views_) {
      if (made.base == value) made.base = id;
    }
  }

  bool has_state(const Node& node) const {
    return graph_.writes_variable(node) || std::ranges::any_of(node.inputs, [&](TensorId id) {
             return id != ir::no_tensor && graph_.tensor(id).variable;
           });
  }

  void place(Node node) {
    for (TensorId& id : node.inputs) {
      if (id != ir::no_tensor) id = now(id);
    }
    const bool plain = has_state(node) || node.outputs.size() != 1;
    if (!plain && (become_view(node) || read_bases(node))) return;
    for (const TensorId id : node.inputs) write(id);
    graph_.nodes.push_back(std::move(node));
  }

  bool become_view(const Node& node) {
    const Role role = traits(node).role;
    if (role != Role::permutation && role != Role::reshape) return false;
    const TensorId x = node.inputs.at(0), y = node.outputs[0];
    const bool per_channel = graph_.tensor(x).quantization.axis >= 0;
    if (!per_channel && graph_.tensor(x).quantization != graph_.tensor(y).quantization)
      return false;
    if (role == Role::reshape) {
      same_[y] = reshaped(x, shape(y));
      return true;
    }
    if (const auto order = constant_axes(node.inputs.at(1), shape(x).size())) {
      same_[y] = transposed(x, *order);
      return true;
    }
    return false;
  }

  // A constant list of integers as axes in [0, rank).
  std::optional<AxisOrder> constant_axes(TensorId id, size_t rank) const {
    const Tensor& list = graph_.tensor(id);
    AxisOrder axes;
    if (!list.constant) return std::nullopt;
    const auto add = [&](int64_t axis) {
      axes.push_back(static_cast<int32_t>(axis < 0 ? axis + static_cast<int64_t>(rank) : axis));
    };
    if (list.dtype == ir::DType::i32) std::ranges::for_each(list.values<int32_t>(), add);
    if (list.dtype == ir::DType::i64) std::ranges::for_each(list.values<int64_t>(), add);
    return axes;
  }

  // Places the node as one that reads what its inputs are views of. False where it can't.
  bool read_bases(const Node& node) {
    const bool any = std::ranges::any_of(
        node.inputs, [&](TensorId id) { return id != ir::no_tensor && view(id) != nullptr; });
    if (!any) return false;
    old_ = &node;
    switch (traits(node).axes) {
      case AxisRule::fixed:
        return false;
      case AxisRule::pointwise:
        return read_transposed_together(node) || read_reshaped(node);
      case AxisRule::joined:
        return read_transposed_together(node);
      case AxisRule::last:
        return read_scrambled_rows(node) || read_last(node) || read_reshaped(node);
      case AxisRule::named:
        return read_named(node);
      case AxisRule::listed:
        return read_listed(node);
      case AxisRule::per_axis:
        return read_per_axis(node);
    }
    return false;
  }

  // Places `node` with an output of this shape. False where its op doesn't allow it.
  bool place_shaped(Node node, Shape with) {
    node.outputs = {fresh(node.outputs[0], std::move(with))};
    try {
      ir::find_op(node.op).infer(graph_, node);
    } catch (const ir::GraphError&) {
      return false;
    }
    if (!has_kernel(graph_, node) && has_kernel(graph_, *old_)) return false;
    place(std::move(node));
    return true;
  }

  // Places `node`, whose output is the old one but for the order of its axes.
  bool place_ordered(Node node, const AxisOrder& order) {
    const TensorId y = node.outputs[0];
    if (order.size() != shape(y).size()) return false;
    const auto made = static_cast<TensorId>(graph_.tensors.size());
    if (!place_shaped(std::move(node), permuted(shape(y), inverse(order)))) return false;
    same_[y] = transposed(now(made), order);
    return true;
  }

  // The tensor of which `id`, as one of `order.size()` axes, is the transpose. Nothing when that
  // would have to be written by a transpose as large as `limit`.
  std::optional<TensorId> untransposed(TensorId id, const AxisOrder& order, int64_t limit) {
    if (shape(id).size() > order.size()) return std::nullopt;
    Shape wide(order.size() - shape(id).size(), 1);
    wide.insert(wide.end(), shape(id).begin(), shape(id).end());
    if (wide != shape(id) && graph_.tensor(id).quantization.axis >= 0) return std::nullopt;
    const TensorId result = transposed(reshaped(id, wide), inverse(order));
    const View* of = transposed_view(result);
    const bool free =
        of == nullptr || written_.contains(result) || moves_nothing(shape(of->base), of->order);
    if (!free && graph_.tensor(id).elements() * 4 > limit) return std::nullopt;
    return result;
  }

  bool read_transposed_together(const Node& node) {
    if (turned_) return false;  // or two inputs that are both views would turn each other for ever
    const TensorId y = node.outputs[0];
    const View* lead = nullptr;
    int64_t largest = 0;
    for (const TensorId id : node.inputs) {
      const View* of = transposed_view(id);
      if (of == nullptr || shape(id).size() != shape(y).size()) continue;
      if (graph_.tensor(id).elements() > largest) lead = of;
      largest = std::max(largest, graph_.tensor(id).elements());
    }
    if (lead == nullptr) return false;
    const AxisOrder order = lead->order;
    Node made = node;
    const bool joins = traits(node).axes == AxisRule::joined;
    for (TensorId& id : made.inputs) {
      if (id == ir::no_tensor || (!joins && one_element(id))) continue;
      const auto base = untransposed(id, order, graph_.tensor(y).elements());
      if (!base) return false;
      id = *base;
    }
    if (joins && !move_axis(made, order)) return false;
    turned_ = true;
    const bool placed = place_ordered(std::move(made), order);
    turned_ = false;
    return placed;
  }

  // Attribute "axis" as the axis of what the order is of.
  static bool move_axis(Node& node, const AxisOrder& order) {
    const auto rank = static_cast<int64_t>(order.size());
    const int64_t axis = node.integer("axis", 0);
    const int64_t from_start = axis < 0 ? axis + rank : axis;
    if (from_start < 0 || from_start >= rank) return false;
    node.attributes["axis"] = int64_t{order[static_cast<size_t>(from_start)]};
    return true;
  }

  bool read_last(const Node& node) {
    const View* of = transposed_view(node.inputs.at(0));
    if (of == nullptr || of->order.back() + 1 != static_cast<int32_t>(of->order.size()))
      return false;
    const AxisOrder order = of->order;
    Node made = node;
    made.inputs[0] = of->base;
    return place_ordered(std::move(made), order);
  }

  bool read_named(const Node& node) {
    const View* of = transposed_view(node.inputs.at(0));
    // Batch dimensions are two inputs' first axes in common.
    if (of == nullptr || node.integer("batch_dims", 0) != 0) return false;
    const AxisOrder order = of->order;
    Node made = node;
    made.inputs[0] = of->base;
    return move_axis(made, order) && place_ordered(std::move(made), order);
  }

  bool read_listed(const Node& node) {
    const View* of = transposed_view(node.inputs.at(0));
    if (of == nullptr) return false;
    const AxisOrder order = of->order;
    const size_t rank = order.size(), kept_rank = shape(node.outputs[0]).size();
    const auto axes = constant_axes(node.inputs.at(1), rank);
    if (!axes) return false;
    AxisOrder moved, rest;
    for (const int32_t axis : *axes) moved.push_back(order.at(static_cast<size_t>(axis)));
    for (const int32_t axis : order) {
      if (std::ranges::find(moved, axis) == moved.end()) rest.push_back(axis);
    }
    Node made = node;
    made.inputs[0] = of->base;
    made.inputs[1] = graph_.add_constant(graph_.tensor(node.inputs[1]).name, ir::DType::i32,
                                         {static_cast<int32_t>(moved.size())}, moved);
    if (kept_rank == rank) return place_ordered(std::move(made), order);
    // The axes that stay are numbered anew.
    AxisOrder sorted = rest, after;
    std::ranges::sort(sorted);
    for (const int32_t axis : rest) {
      after.push_back(static_cast<int32_t>(std::ranges::find(sorted, axis) - sorted.begin()));
    }
    return place_ordered(std::move(made), after.empty() ? AxisOrder{0} : after);
  }

  bool read_per_axis(const Node& node) {
    const View* of = transposed_view(node.inputs.at(0));
    if (of == nullptr) return false;
    const AxisOrder order = of->order;
    for (const auto& [name, value] : node.attributes) {  // a bit for each axis
      if (name.ends_with("_mask") && value != ir::Attribute(int64_t{0})) return false;
    }
    Node made = node;
    made.inputs[0] = of->base;
    AxisOrder rows = inverse(order);
    for (size_t i = 1; i < made.inputs.size(); ++i) {
      const TensorId id = made.inputs[i];
      if (id == ir::no_tensor || one_element(id)) continue;
      const Tensor& table = graph_.tensor(id);
      if (!table.constant || static_cast<size_t>(table.shape.at(0)) != order.size()) return false;
      made.inputs[i] = graph_.add_tensor(with_rows(table, rows));
    }
    return place_ordered(std::move(made), order);
  }

  // A node whose inputs were all reshaped alike, before they were.
  bool read_reshaped(const Node& node) {
    const TensorId y = node.outputs[0];
    const auto leads = [&](TensorId id) {
      return id != ir::no_tensor && reshaped_view(id) != nullptr && shape(id) == shape(y);
    };
    const auto lead = std::ranges::find_if(node.inputs, leads);
    if (lead == node.inputs.end()) return false;
    const Shape old = shape(reshaped_view(*lead)->base);
    const bool keeps_last = old.back() == shape(y).back();
    const bool whole = traits(node).axes == AxisRule::pointwise;
    if (!whole && (!keeps_last || lead != node.inputs.begin())) return false;
    Node made = node;
    for (TensorId& id : made.inputs) {
      if (id == ir::no_tensor || one_element(id)) continue;
      const View* of = reshaped_view(id);
      const Tensor& tensor = graph_.tensor(id);
      if (of != nullptr && shape(id) == shape(y) && shape(of->base) == old) {
        id = of->base;
      } else if (whole && tensor.constant && tensor.shape == shape(y)) {
        id = reshaped(id, old);
        if (shape(id) != old) return false;
      } else if (!keeps_last || tensor.elements() != old.back() ||
                 tensor.shape.back() != old.back() || tensor.shape.size() > old.size()) {
        return false;
      }
    }
    return place_reshaped(std::move(made), old);
  }

  bool place_reshaped(Node node, const Shape& before) {
    const TensorId y = node.outputs[0];
    const auto made = static_cast<TensorId>(graph_.tensors.size());
    turned_ = false;
    if (!place_shaped(std::move(node), before)) return false;
    same_[y] = reshaped(now(made), shape(y));
    return true;
  }

  // A linear op on rows of a tensor whose elements a transpose and a reshape put into another order
  // within each row: the weights take that order instead.
  bool read_scrambled_rows(const Node& node) {
    if (traits(node).role != Role::linear || node.inputs.size() < 2) return false;
    const View* rows = reshaped_view(node.inputs[0]);
    const View* of = rows == nullptr ? nullptr : transposed_view(rows->base);
    const Tensor& weights = graph_.tensor(node.inputs[1]);
    if (of == nullptr || !weights.constant || weights.shape.size() != 2 ||
        weights.quantization.axis > 0 || traits(node).channel_axis != 0) {
      return false;
    }
    const Shape old = shape(node.inputs[0]);
    const auto width = static_cast<size_t>(weights.shape[1]);
    const std::vector<int32_t> sources = source_indices(shape(of->base), of->order);
    AxisOrder columns(width);
    for (size_t i = 0; i < sources.size(); ++i) {
      const auto row = static_cast<int32_t>(i / width * width);
      const int32_t column = sources[i] - row;
      if (column < 0 || column >= static_cast<int32_t>(width)) return false;
      if (i < width) columns[i] = column;
      if (columns[i % width] != column) return false;
    }
    const TensorId base = of->base;
    Node made = node;
    made.inputs[1] = graph_.add_tensor(with_columns(weights, columns));
    made.inputs[0] = reshaped(base, old);
    place(std::move(made));
    return true;
  }

  Graph graph_;
  std::map<TensorId, View> views_;
  std::map<std::pair<View, Shape>, TensorId> known_;
  std::map<TensorId, TensorId> same_;  // a tensor of the old graph: the one that stands for it now
  std::set<TensorId> written_;         // views
  const Node* old_ = nullptr;          // the node being placed, as it was
  bool turned_ = false;                // the node being placed has had its inputs transposed
};

// What transposes cost: bytes that they copy, then how many nodes that compute follow them.
std::pair<int64_t, int64_t> cost(const Graph& graph) {
  std::pair<int64_t, int64_t> sum{0, 0};
  int64_t transposes = 0;
  for (const Node& node : graph.nodes) {
    const Role role = traits(node).role;
    if (role == Role::permutation) {
      sum.first += graph.tensor(node.outputs[0]).byte_size();
      ++transposes;
    } else if (role != Role::reshape) {
      sum.second += transposes;
    }
  }
  return sum;
}

}  // namespace

void sink_transposes(Graph& graph) {
  for (auto before = cost(graph); before.first > 0;) {
    Graph sunk = Sinker(graph).run();
    ir::remove_dead(sunk);
    const auto after = cost(sunk);
    if (after >= before) return;
    graph = std::move(sunk);
    before = after;
  }
}

}  // namespace mote::passes

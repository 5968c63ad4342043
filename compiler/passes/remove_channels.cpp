#include <algorithm>
#include <numeric>

#include "compiler/passes/channels.hpp"
#include "compiler/passes/rewrite.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;
using ir::TensorId;

// Kernels take channels four at a time: one word of int8.
constexpr size_t channel_group = 4;

template <class Index>
size_t at(Index i) {
  return static_cast<size_t>(i);
}

// Tensors whose channels can only be removed together, because ops between them keep channels.
struct Family {
  std::vector<int32_t> readers;  // nodes that mix the channels of a member; twice if it does twice
  bool pinned =
      false;  // a member is a port of the graph, or an op reads or writes it in unknown ways
  std::vector<bool> removed;  // by channel; all false as long as the family keeps its size
  std::vector<size_t>
      layout;  // channels that stay, ascending; some removed ones may fill up groups
};

class Remover {
 public:
  Remover(Graph& graph, const ir::Evaluate& evaluate)
      : graph_(graph), ranges_(channel_ranges(graph, evaluate)), family_of_(graph.tensors.size()) {
    for (const Node& node : graph.nodes) {
      flows_.push_back(channel_flow(graph, node));
      pads_.push_back(flows_.back() == ChannelFlow::mixed && pads(graph, node));
    }
    find_families();
  }

  // Whether anything was removed.
  bool run() {
    bool any = false;
    for (bool changed = true; changed; any = any || changed) {
      changed = false;
      for (Family& family : families_) changed = shrink(family) || changed;
    }
    if (!any) return false;
    // Nodes first: they need the old shapes.
    for (size_t i = 0; i < graph_.nodes.size(); ++i) rewrite(i);
    for (size_t id = 0; id < family_of_.size(); ++id) {
      const Family& family = families_[family_of_[id]];
      if (narrower(family) && !graph_.tensors[id].constant) {
        graph_.tensors[id].shape.back() = static_cast<int32_t>(family.layout.size());
      }
    }
    return true;
  }

 private:
  void find_families() {
    std::vector<size_t> root(graph_.tensors.size());
    std::iota(root.begin(), root.end(), size_t{0});
    const auto find = [&](TensorId id) {
      size_t r = at(id);
      while (root[r] != r) r = root[r];
      return r;
    };
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (flows_[i] == ChannelFlow::weighted) root[find(node.inputs[0])] = find(node.outputs[0]);
      if (flows_[i] != ChannelFlow::kept) continue;
      for (TensorId id : node.inputs) root[find(id)] = find(node.outputs[0]);
    }
    families_.resize(graph_.tensors.size());
    for (size_t id = 0; id < family_of_.size(); ++id) {
      family_of_[id] = find(static_cast<TensorId>(id));
      Family& family = families_[family_of_[id]];
      const size_t channels = ranges_[id].size();
      family.removed.assign(channels, false);
      family.layout.resize(channels);
      std::iota(family.layout.begin(), family.layout.end(), size_t{0});
    }
    for (size_t i = 0; i < graph_.nodes.size(); ++i) meet(i);
    for (TensorId id : graph_.inputs) family(id).pinned = true;
    for (TensorId id : graph_.outputs) family(id).pinned = true;
  }

  void meet(size_t index) {
    const Node& node = graph_.nodes[index];
    if (flows_[index] == ChannelFlow::mixed) {
      family(node.inputs[0]).readers.push_back(static_cast<int32_t>(index));
    }
    if (flows_[index] != ChannelFlow::opaque) return;
    for (TensorId id : node.inputs) {
      if (id != ir::no_tensor) family(id).pinned = true;
    }
    for (TensorId id : node.outputs) family(id).pinned = true;
  }

  Family& family(TensorId id) { return families_[family_of_[at(id)]]; }
  static bool narrower(const Family& family) {
    return family.layout.size() < family.removed.size();
  }

  // The value that a mixing node may count on in a channel of its input, padding included.
  bool foldable(size_t node, size_t channel) const {
    const TensorId x = graph_.nodes[node].inputs[0];
    const Range& range = ranges_[at(x)][channel];
    return range.constant() && (!pads_[node] || range.low == graph_.tensor(x).zero_point());
  }

  bool needs(size_t node, size_t channel) {
    if (foldable(node, channel)) return false;
    const Tensor& weights = graph_.tensor(graph_.nodes[node].inputs[1]);
    const auto values = weights.values<int8_t>();
    const auto in = at(weights.shape.back());
    const size_t per_output = values.size() / at(weights.shape.front());
    const std::vector<bool>& gone = family(graph_.nodes[node].outputs[0]).removed;
    for (size_t i = channel; i < values.size(); i += in) {
      if (values[i] != 0 && !gone[i / per_output]) return true;
    }
    return false;
  }

  // Removes all channels that no reader needs, if that leaves fewer groups.
  bool shrink(Family& own) {
    if (own.pinned || own.readers.empty()) return false;
    const size_t channels = own.removed.size();
    std::vector<bool> removed(channels);
    for (size_t c = 0; c < channels; ++c) {
      removed[c] = std::ranges::none_of(own.readers, [&](int32_t n) { return needs(at(n), c); });
    }
    const auto kept = at(std::ranges::count(removed, false));
    const size_t room =
        std::max((kept + channel_group - 1) / channel_group, size_t{1}) * channel_group;
    if (room >= channels || removed == own.removed) return false;
    size_t fill = room - kept;
    own.layout.clear();
    for (size_t c = 0; c < channels; ++c) {
      if (removed[c] && fill == 0) continue;
      if (removed[c]) --fill;
      own.layout.push_back(c);
    }
    own.removed = std::move(removed);
    return true;
  }

  void rewrite(size_t index) {
    Node& node = graph_.nodes[index];
    const bool changes = narrower(family(node.outputs[0])) ||
                         (!node.inputs.empty() && node.inputs[0] != ir::no_tensor &&
                          narrower(family(node.inputs[0])));
    if (!changes) return;
    switch (flows_[index]) {
      case ChannelFlow::opaque:
        return;
      case ChannelFlow::mixed:
        node.inputs.resize(3, ir::no_tensor);
        node.inputs[2] = mixed_bias(index);
        node.inputs[1] = mixed_weights(node);
        return;
      case ChannelFlow::weighted:
        node.inputs.resize(3, ir::no_tensor);
        for (size_t i : {1u, 2u}) {
          if (node.inputs[i] != ir::no_tensor) node.inputs[i] = slice(node.inputs[i], node, true);
        }
        return;
      case ChannelFlow::kept:
        for (TensorId& id : node.inputs) {
          if (graph_.tensor(id).constant) id = slice(id, node, false);
        }
        // An op that only names the output's shape anew.
        if (traits(node).alias && node.has("shape")) {
          auto shape = node.integers("shape");
          shape.back() = static_cast<int64_t>(family(node.outputs[0]).layout.size());
          node.attributes["shape"] = std::move(shape);
        }
        return;
    }
  }

  // A copy of a constant with the output's channels along its last axis; zeros in removed channels
  // that fill up a group if `clear`.
  TensorId slice(TensorId id, const Node& node, bool clear) {
    const Family& own = family(node.outputs[0]);
    Tensor part = graph_.tensor(id);
    const auto bytes = at(dtype_bytes(part.dtype));
    const size_t rows = part.data.size() / bytes / own.removed.size();
    std::vector<uint8_t> data;
    for (size_t row = 0; row < rows; ++row) {
      for (const size_t c : own.layout) {
        const auto from =
            part.data.begin() + static_cast<std::ptrdiff_t>((row * own.removed.size() + c) * bytes);
        data.insert(data.end(), from, from + static_cast<std::ptrdiff_t>(bytes));
        if (clear && own.removed[c])
          std::fill_n(data.end() - static_cast<std::ptrdiff_t>(bytes), bytes, 0);
      }
    }
    part.data = std::move(data);
    part.shape.back() = static_cast<int32_t>(own.layout.size());
    slice_scales(part, part.shape.size() - 1, own);
    return graph_.add_tensor(std::move(part));
  }

  static void slice_scales(Tensor& tensor, size_t axis, const Family& own) {
    ir::Quantization& q = tensor.quantization;
    if (q.axis != static_cast<int32_t>(axis)) return;
    const ir::Quantization all = q;
    q.scale.clear();
    q.zero_point.clear();
    for (const size_t c : own.layout) {
      q.scale.push_back(all.scale[c]);
      q.zero_point.push_back(all.zero_point[c]);
    }
  }

  TensorId mixed_weights(const Node& node) {
    const Family& out = family(node.outputs[0]);
    const Family& in = family(node.inputs[0]);
    Tensor part = graph_.tensor(node.inputs[1]);
    const auto values = graph_.tensor(node.inputs[1]).values<int8_t>();
    const size_t taps = values.size() / out.removed.size() / in.removed.size();
    part.data.clear();
    for (const size_t o : out.layout) {
      for (size_t tap = 0; tap < taps; ++tap) {
        for (const size_t c : in.layout) {
          const bool gone = out.removed[o] || in.removed[c];
          const int8_t w = values[(o * taps + tap) * in.removed.size() + c];
          part.data.push_back(gone ? uint8_t{0} : static_cast<uint8_t>(w));
        }
      }
    }
    part.shape.front() = static_cast<int32_t>(out.layout.size());
    part.shape.back() = static_cast<int32_t>(in.layout.size());
    slice_scales(part, 0, out);
    return graph_.add_tensor(std::move(part));
  }

  // The bias with what the removed input channels add. Sums wrap around, as the kernels' do.
  TensorId mixed_bias(size_t index) {
    const Node& node = graph_.nodes[index];
    const Family& out = family(node.outputs[0]);
    const Family& in = family(node.inputs[0]);
    const Tensor* old = bias_of(graph_, node);
    const auto values = graph_.tensor(node.inputs[1]).values<int8_t>();
    const int32_t zero = graph_.tensor(node.inputs[0]).zero_point();
    const size_t per_output = values.size() / out.removed.size();
    std::vector<int32_t> bias;
    for (const size_t o : out.layout) {
      auto sum = static_cast<uint32_t>(old == nullptr ? 0 : old->values<int32_t>()[o]);
      for (size_t i = 0; i < per_output; ++i) {
        const size_t c = i % in.removed.size();
        if (!in.removed[c] || !foldable(index, c)) continue;
        const int32_t value = ranges_[at(node.inputs[0])][c].low - zero;
        sum += static_cast<uint32_t>(values[o * per_output + i] * value);
      }
      bias.push_back(out.removed[o] ? 0 : static_cast<int32_t>(sum));
    }
    const ir::Quantization q = old == nullptr ? ir::Quantization{} : old->quantization;
    const std::string name =
        old == nullptr ? graph_.tensor(node.inputs[1]).name + "/bias" : old->name;
    const TensorId id =
        graph_.add_constant(name, ir::DType::i32, {static_cast<int32_t>(bias.size())}, bias);
    graph_.tensor(id).quantization = q;
    slice_scales(graph_.tensor(id), 0, out);
    return id;
  }

  Graph& graph_;
  std::vector<std::vector<Range>> ranges_;  // by tensor, then channel
  std::vector<ChannelFlow> flows_;          // by node
  std::vector<bool> pads_;                  // by node: mixes channels and sees padding
  std::vector<size_t> family_of_;           // by tensor
  std::vector<Family> families_;            // most are empty: one per tensor that leads a family
};

}  // namespace

void remove_channels(Graph& graph, const ir::Evaluate& evaluate) {
  while (Remover(graph, evaluate).run()) {
  }
}

}  // namespace mote::passes

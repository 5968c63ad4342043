#include "compiler/quantize/equalise.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/ir/op.hpp"
#include "compiler/quantize/grid.hpp"

namespace mote::quantize {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;
using ir::TensorId;

constexpr int32_t rounds_max = 20;
constexpr float settled = 1e-3f;    // a round that changes less is the last
constexpr float factor_max = 1e4f;  // of a channel against the largest

bool scales_on(const Node& node) {
  const std::string activation = node.text("activation", "none");
  return activation == "none" || activation == "relu";
}

const ir::QuantizationRule& rule_of(const Node& node) {
  return ir::find_op(node.op).quantization;
}

bool is_linear(const Node& node) {
  return ir::find_op(node.op).traits.role == ir::Role::linear;
}

bool constant_floats(const Graph& graph, const Node& node, int32_t input) {
  const auto i = static_cast<size_t>(input);
  if (input < 0 || i >= node.inputs.size() || node.inputs[i] == ir::no_tensor) return false;
  const Tensor& tensor = graph.tensor(node.inputs[i]);
  return tensor.constant && tensor.dtype == ir::DType::f32;
}

bool has_bias(const Node& node) {
  const auto b = static_cast<size_t>(rule_of(node).bias);
  return b < node.inputs.size() && node.inputs[b] != ir::no_tensor;
}

// A linear op whose output channels can be scaled.
bool is_first(const Graph& graph, const Node& node) {
  return is_linear(node) && rule_of(node).weights >= 0 && scales_on(node) &&
         constant_floats(graph, node, rule_of(node).weights) &&
         (!has_bias(node) || constant_floats(graph, node, rule_of(node).bias)) &&
         graph.tensor(node.inputs[0]).dtype == ir::DType::f32;
}

// How a linear op's weights read its input's channels.
enum class Reads : uint8_t {
  unknown,
  mixed,    // weights [out, ..., in]
  channel,  // weights [..., channels]: each output channel its own input channel
};

Reads reads(const Graph& graph, const Node& node) {
  const int32_t axis = rule_of(node).channel_axis;
  if (!constant_floats(graph, node, rule_of(node).weights)) return Reads::unknown;
  const Tensor& w = graph.tensor(node.inputs[static_cast<size_t>(rule_of(node).weights)]);
  const Tensor& x = graph.tensor(node.inputs[0]);
  if (w.shape.empty() || w.shape.back() != x.shape.back()) return Reads::unknown;
  if (axis == 0) return Reads::mixed;
  return static_cast<size_t>(axis) + 1 == w.shape.size() ? Reads::channel : Reads::unknown;
}

struct Pair {
  size_t first, second;           // nodes
  std::vector<TensorId> between;  // activations, the first's output in front
  Reads reads;
};

class Equaliser {
 public:
  Equaliser(Graph& graph, std::vector<std::vector<float>>& peaks) : graph_(graph), peaks_(peaks) {}

  int32_t run() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) add_pair(i);
    std::set<size_t> changed;
    for (int32_t round = 0; round < rounds_max; ++round) {
      float change = 0;
      for (size_t p = 0; p < pairs_.size(); ++p) {
        const float by = even_out(pairs_[p]);
        if (by > settled) changed.insert(p);
        change = std::max(change, by);
      }
      if (change <= settled) break;
    }
    return static_cast<int32_t>(changed.size());
  }

 private:
  void add_pair(size_t first) {
    if (!is_first(graph_, graph_.nodes[first])) return;
    Pair pair{first, 0, {graph_.nodes[first].outputs.at(0)}, Reads::unknown};
    const auto channels = graph_.tensor(pair.between.front()).shape.back();
    while (true) {
      const TensorId t = pair.between.back();
      const auto readers = graph_.consumers(t);
      if (readers.size() != 1 || graph_.is_output(t) || graph_.tensor(t).shape.back() % channels) {
        return;
      }
      pair.second = static_cast<size_t>(readers[0]);
      const Node& node = graph_.nodes[pair.second];
      if (node.inputs[0] != t || std::ranges::count(node.inputs, t) != 1) return;
      if (is_linear(node) && rule_of(node).weights >= 0) break;
      if (!ir::find_op(node.op).traits.homogeneous || !scales_on(node)) return;
      if (node.outputs.size() != 1) return;
      pair.between.push_back(node.outputs[0]);
    }
    pair.reads = reads(graph_, graph_.nodes[pair.second]);
    if (pair.reads == Reads::unknown || peaks_.at(index(pair.between[0])).empty()) return;
    own_constants(graph_.nodes[pair.first]);
    own_constants(graph_.nodes[pair.second]);
    pairs_.push_back(std::move(pair));
  }

  static size_t index(TensorId id) { return static_cast<size_t>(id); }

  // Copies, since another node may share the constants.
  void own_constants(Node& node) {
    for (const int32_t input : {rule_of(node).weights, rule_of(node).bias}) {
      if (!constant_floats(graph_, node, input)) continue;
      TensorId& id = node.inputs[static_cast<size_t>(input)];
      if (graph_.consumers(id).size() > 1) id = graph_.add_tensor(Tensor(graph_.tensor(id)));
    }
  }

  Tensor& weights(size_t node) {
    const Node& n = graph_.nodes[node];
    return graph_.tensor(n.inputs[static_cast<size_t>(rule_of(n).weights)]);
  }

  // Per channel, how much of its weights' scales the second op needs for it: 1 where an output
  // channel's largest weight is on this channel, less where all are small beside others.
  std::vector<float> demand(const Pair& pair, size_t channels) {
    const Tensor& w = weights(pair.second);
    const auto values = w.values<float>();
    std::vector<float> result(channels, 0.0f);
    const size_t per_output = values.size() / static_cast<size_t>(w.shape[0]);
    for (size_t from = 0; from < values.size(); from += per_output) {
      const auto row = values.subspan(from, per_output);
      float largest = 0;
      for (float v : row) largest = std::max(largest, std::fabs(v));
      if (largest == 0) continue;
      for (size_t i = 0; i < row.size(); ++i) {
        float& most = result[i % channels];
        most = std::max(most, std::fabs(row[i]) / largest);
      }
    }
    return result;
  }

  // Divides the first op's channels; returns the largest relative change of one.
  float even_out(const Pair& pair) {
    std::vector<float>& peak = peaks_.at(index(pair.between[0]));
    const size_t channels = peak.size();
    const float largest = *std::ranges::max_element(peak);
    if (largest == 0) return 0;
    std::vector<float> factor(channels, 1.0f);
    const std::vector<float> needs =
        pair.reads == Reads::mixed ? demand(pair, channels) : std::vector<float>(channels, 1.0f);
    float top = 0;  // peak of the largest channel with the factors as they are
    for (size_t c = 0; c < channels; ++c) {
      if (peak[c] == 0 || needs[c] == 0) continue;
      const float part = std::max(peak[c] / largest, 1 / factor_max);
      factor[c] = pair.reads == Reads::mixed ? std::sqrt(part / needs[c]) : part;
      top = std::max(top, peak[c] / factor[c]);
    }
    float change = 0;
    for (size_t c = 0; c < channels; ++c) {
      if (peak[c] == 0 || needs[c] == 0) continue;
      factor[c] *= top / largest;  // the largest channel stays as large as it was
      change = std::max(change, std::fabs(factor[c] - 1));
    }
    if (change > settled) apply(pair, factor);
    return change;
  }

  void apply(const Pair& pair, const std::vector<float>& factor) {
    const Node& first = graph_.nodes[pair.first];
    Tensor& w = weights(pair.first);
    const auto values = w.values<float>();
    for_each_run(w.shape, rule_of(first).channel_axis,
                 [&](size_t offset, size_t channel, size_t count) {
                   for (size_t i = offset; i < offset + count; ++i) values[i] /= factor[channel];
                 });
    if (has_bias(first)) {
      const auto bias =
          graph_.tensor(first.inputs[static_cast<size_t>(rule_of(first).bias)]).values<float>();
      for (size_t c = 0; c < bias.size(); ++c) bias[c] /= factor[c];
    }
    const auto read = weights(pair.second).values<float>();
    for (size_t i = 0; i < read.size(); ++i) read[i] *= factor[i % factor.size()];
    for (TensorId id : pair.between) {
      auto& peak = peaks_.at(index(id));
      for (size_t i = 0; i < peak.size(); ++i) peak[i] /= factor[i % factor.size()];
    }
  }

  Graph& graph_;
  std::vector<std::vector<float>>& peaks_;
  std::vector<Pair> pairs_;
};

}  // namespace

int32_t equalise(Graph& graph, std::vector<std::vector<float>>& peaks) {
  return Equaliser(graph, peaks).run();
}

}  // namespace mote::quantize

#include "compiler/plan/order.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace mote::plan {
namespace {

using ir::Graph;
using ir::TensorId;

constexpr size_t kept_states = 64;  // of each number of nodes
constexpr size_t nodes_max = 512;   // larger graphs keep their order

// Who waits for whom, and what each tensor costs.
class Precedence {
 public:
  explicit Precedence(const Graph& graph) : graph_(graph), before_(graph.nodes.size()) {
    readers_.resize(graph.tensors.size());
    std::vector<int32_t> producer(graph.tensors.size(), -1);
    std::vector<int32_t> touched(graph.tensors.size(), -1);  // last node of a variable
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      const auto node = static_cast<int32_t>(i);
      for (const TensorId id : graph.nodes[i].inputs) {
        if (id == ir::no_tensor || graph.tensor(id).constant) continue;
        const auto at = static_cast<size_t>(id);
        if (readers_[at].empty() || readers_[at].back() != node) readers_[at].push_back(node);
        wait(i, graph.tensor(id).variable ? touched[at] : producer[at]);
      }
      for (const TensorId id : graph.nodes[i].outputs) {
        const auto at = static_cast<size_t>(id);
        if (graph.tensor(id).variable) wait(i, touched[at]);
        producer[at] = node;
      }
      touch(graph.nodes[i].inputs, node, touched);
      touch(graph.nodes[i].outputs, node, touched);
    }
  }

  bool ready(size_t node, const std::vector<bool>& done) const {
    return !done[node] && std::ranges::all_of(before_[node], [&](int32_t b) {
      return done[static_cast<size_t>(b)];
    });
  }

  // Bytes that come to life when the node runs.
  int64_t born(size_t node) const {
    int64_t bytes = 0;
    for (const TensorId id : graph_.nodes[node].outputs) {
      if (!graph_.tensor(id).variable) bytes += graph_.tensor(id).byte_size();
    }
    return bytes;
  }

  // Bytes that nobody needs any more once the node has run; `done` has it.
  int64_t dead(size_t node, const std::vector<bool>& done) const {
    int64_t bytes = 0;
    std::vector<TensorId> ids = graph_.nodes[node].inputs;
    ids.insert(ids.end(), graph_.nodes[node].outputs.begin(), graph_.nodes[node].outputs.end());
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const TensorId id : ids) {
      if (id == ir::no_tensor || graph_.is_output(id)) continue;
      const ir::Tensor& tensor = graph_.tensor(id);
      if (tensor.constant || tensor.variable) continue;
      const bool over = std::ranges::all_of(readers_[static_cast<size_t>(id)], [&](int32_t reader) {
        return done[static_cast<size_t>(reader)];
      });
      if (over) bytes += tensor.byte_size();
    }
    return bytes;
  }

  int64_t at_start() const {
    int64_t bytes = 0;
    for (const ir::Tensor& tensor : graph_.tensors)
      bytes += tensor.variable ? tensor.byte_size() : 0;
    for (const TensorId id : graph_.inputs) bytes += graph_.tensor(id).byte_size();
    return bytes;
  }

 private:
  void wait(size_t node, int32_t other) {
    if (other >= 0 && other != static_cast<int32_t>(node)) before_[node].push_back(other);
  }
  void touch(const std::vector<TensorId>& ids, int32_t node, std::vector<int32_t>& touched) const {
    for (const TensorId id : ids) {
      if (id != ir::no_tensor && graph_.tensor(id).variable) {
        touched[static_cast<size_t>(id)] = node;
      }
    }
  }

  const Graph& graph_;
  std::vector<std::vector<int32_t>> before_;   // per node
  std::vector<std::vector<int32_t>> readers_;  // per tensor
};

// Some nodes that have run, in an order.
struct State {
  std::vector<bool> done;
  std::vector<int32_t> order;
  int64_t alive = 0;
  int64_t peak = 0;

  void run(const Precedence& precedence, size_t node) {
    alive += precedence.born(node);
    peak = std::max(peak, alive);
    done[node] = true;
    order.push_back(static_cast<int32_t>(node));
    alive -= precedence.dead(node, done);
  }
  auto rank() const { return std::pair(peak, alive); }
};

State start(const Graph& graph, const Precedence& precedence) {
  const int64_t alive = precedence.at_start();
  return {std::vector<bool>(graph.nodes.size(), false), {}, alive, alive};
}

}  // namespace

int64_t peak_bytes(const Graph& graph, const std::vector<int32_t>& order) {
  const Precedence precedence(graph);
  State state = start(graph, precedence);
  for (const int32_t node : order) state.run(precedence, static_cast<size_t>(node));
  return state.peak;
}

std::vector<int32_t> find_order(const Graph& graph) {
  std::vector<int32_t> own(graph.nodes.size());
  std::iota(own.begin(), own.end(), 0);
  if (graph.nodes.size() > nodes_max) return own;
  const Precedence precedence(graph);
  std::vector<State> states{start(graph, precedence)};
  for (size_t step = 0; step < graph.nodes.size(); ++step) {
    std::map<std::vector<bool>, State> next;
    for (const State& state : states) {
      for (size_t node = 0; node < graph.nodes.size(); ++node) {
        if (!precedence.ready(node, state.done)) continue;
        State after = state;
        after.run(precedence, node);
        const auto [found, added] = next.try_emplace(after.done, after);
        if (!added && after.rank() < found->second.rank()) found->second = std::move(after);
      }
    }
    states.clear();
    for (auto& [done, state] : next) states.push_back(std::move(state));
    std::ranges::stable_sort(states, {}, &State::rank);
    if (states.size() > kept_states) states.resize(kept_states);
  }
  if (states.empty() || states.front().peak >= peak_bytes(graph, own)) return own;
  return states.front().order;
}

Graph reordered(const Graph& graph, const std::vector<int32_t>& order) {
  Graph result = graph;
  for (size_t i = 0; i < order.size(); ++i) {
    result.nodes[i] = graph.nodes[static_cast<size_t>(order[i])];
  }
  return result;
}

}  // namespace mote::plan

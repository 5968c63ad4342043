// The search has two steps. Every run of layers that can be a chain, and every layer alone, is a
// "part" with an estimate of its instructions and the memory that it needs with all that lives
// across it. A model is then a path of parts from its first layer to its last: for any memory limit
// dynamic programming gives the fastest path whose parts keep below it, and the limit is searched.

#include "compiler/plan/choose.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/ir/kernel_costs.hpp"
#include "compiler/plan/arena.hpp"

namespace mote::plan {
namespace {

constexpr int32_t bands[] = {1, 2, 3, 4, 6, 8, 12, 16};
constexpr int32_t chain_nodes_max = 24;
constexpr double slower_max = 1.3;     // of a plan for RAM, by estimate
constexpr double pieces_gain = 0.875;  // of what is made small, else the input stays whole
constexpr int limits_tried = 12;       // above the smallest one

struct Part {
  int32_t first = 0;
  int32_t last = 0;
  std::optional<ChainPlan> chain;
  int64_t instructions = 0;
  uint32_t bytes = 0;
};

class Search {
 public:
  Search(const Lowering& lowering, bool pieces)
      : lowering_(lowering), pieces_(pieces), costs_(lowering) {
    find_parts();
  }

  // Without chains.
  Choice whole() const { return finish({}); }

  // From the smallest arena on that `instructions_max` allow, each faster than the one before.
  std::vector<Choice> choices(int64_t instructions_max) const {
    const std::vector<uint32_t> limits = memory_limits();
    const auto fast_enough = [&](uint32_t limit) {
      const auto path = fastest(limit);
      return path && cost(*path) <= instructions_max;
    };
    auto from = std::ranges::partition_point(limits, [&](uint32_t l) { return !fast_enough(l); });
    std::vector<Choice> found;
    int64_t before = -1;
    for (int tries = 0; from != limits.end() && tries < limits_tried; ++from) {
      const auto path = fastest(*from);
      if (!path || cost(*path) == before) continue;
      before = cost(*path);
      found.push_back(finish(*path));
      ++tries;
    }
    return found;
  }

 private:
  using Path = std::vector<const Part*>;

  int32_t node_count() const { return static_cast<int32_t>(lowering_.ops.size()); }

  static int64_t cost(const Path& path) {
    int64_t sum = 0;
    for (const Part* part : path) sum += part->instructions;
    return sum;
  }

  Choice finish(const Path& path) const {
    std::vector<ChainPlan> chains;
    for (const Part* part : path) {
      if (part->chain) chains.push_back(*part->chain);
    }
    Choice choice = lay_out(lowering_, std::move(chains));
    for (const Part& part : parts_) {
      if (path.empty() && !part.chain) choice.instructions += part.instructions;
    }
    if (!path.empty()) choice.instructions = cost(path);
    return choice;
  }

  bool can_be_in_chain(int32_t node) const {
    const ir::OpDef& op = ir::find_op(lowering_.graph->nodes[size_t(node)].op);
    return op.traits.rows != ir::Rows::none || op.sums != nullptr;
  }

  void find_parts() {
    const std::vector<ChainPlan> none;
    const ArenaBuffers whole(lowering_, none);
    for (int32_t node = 0; node < node_count(); ++node) {
      const ir::LoweredOp& op = lowering_.ops[size_t(node)];
      Part part{node, node, {}, 0, bytes_within(whole, node, node)};
      if (op.kernel != nullptr && op.kernel->instructions != nullptr) {
        const ir::Node& own = lowering_.graph->nodes[size_t(node)];
        part.instructions =
            std::llround(ir::cost_of(*lowering_.graph, own, *op.kernel, lowering_.costs));
      }
      parts_.push_back(std::move(part));
    }
    for (int32_t first = 0; first < node_count(); ++first) {
      const int32_t end = std::min(node_count(), first + chain_nodes_max);
      for (int32_t last = first; last < end && can_be_in_chain(last); ++last) {
        for (const int32_t band : bands) {
          add_chain({first, last, band, false});
          if (pieces_ && first == 0) add_chain({first, last, band, true});
        }
      }
    }
  }

  void add_chain(const Chain& chain) {
    auto plan = ChainPlan::make(lowering_, chain);
    if (!plan) return;
    Part part{chain.first, chain.last, std::move(plan), 0, 0};
    part.instructions = part.chain->instructions(costs_);
    const std::vector<ChainPlan> alone{*part.chain};
    part.bytes = bytes_within(ArenaBuffers(lowering_, alone), chain.first, chain.last);
    parts_.push_back(std::move(part));
  }

  // Of a layout of what is alive while the nodes first to last run.
  static uint32_t bytes_within(const ArenaBuffers& arena, int32_t first, int32_t last) {
    std::vector<Buffer> buffers;
    std::vector<int32_t> renumbered(arena.buffers().size(), -1);
    for (size_t i = 0; i < arena.buffers().size(); ++i) {
      Buffer buffer = arena.buffers()[i];
      if (buffer.last < first || buffer.first > last) continue;
      buffer.first = std::max(buffer.first, first);
      buffer.last = std::min(buffer.last, last);
      renumbered[i] = static_cast<int32_t>(buffers.size());
      buffers.push_back(buffer);
    }
    std::vector<Overlap> overlaps;
    for (Overlap overlap : arena.overlaps()) {
      overlap.output = renumbered[size_t(overlap.output)];
      overlap.input = renumbered[size_t(overlap.input)];
      if (overlap.output >= 0 && overlap.input >= 0) overlaps.push_back(overlap);
    }
    return plan_memory(buffers, overlaps, 0).bytes;
  }

  std::vector<uint32_t> memory_limits() const {
    std::set<uint32_t> limits;
    for (const Part& part : parts_) limits.insert(part.bytes);
    return {limits.begin(), limits.end()};
  }

  std::optional<Path> fastest(uint32_t limit) const {
    constexpr int64_t never = INT64_MAX;
    const auto count = static_cast<size_t>(node_count());
    std::vector<int64_t> best(count + 1, never);
    std::vector<const Part*> arrived(count + 1, nullptr);
    best[0] = 0;
    // Parts end behind where they start, so going through starts in order settles every node.
    std::vector<std::vector<const Part*>> starting(count);
    for (const Part& part : parts_) {
      if (part.bytes <= limit) starting[size_t(part.first)].push_back(&part);
    }
    for (size_t at = 0; at < count; ++at) {
      if (best[at] == never) continue;
      for (const Part* part : starting[at]) {
        const auto end = static_cast<size_t>(part->last) + 1;
        const int64_t sum = best[at] + part->instructions;
        if (sum >= best[end]) continue;
        best[end] = sum;
        arrived[end] = part;
      }
    }
    if (best[count] == never) return std::nullopt;
    Path path;
    for (size_t at = count; at > 0; at = static_cast<size_t>(arrived[at]->first)) {
      path.insert(path.begin(), arrived[at]);
    }
    return path;
  }

  const Lowering& lowering_;
  bool pieces_;
  BandCosts costs_;
  std::vector<Part> parts_;
};

double product(const Choice& choice) {
  return static_cast<double>(choice.layout.bytes) * static_cast<double>(choice.instructions);
}

// Whether a is better than b.
bool better(const Choice& a, const Choice& b, Optimize optimize) {
  if (optimize == Optimize::balanced) return product(a) < product(b);
  if (a.layout.bytes != b.layout.bytes) return a.layout.bytes < b.layout.bytes;
  return a.instructions < b.instructions;
}

Choice best_of(const Search& search, Optimize optimize) {
  Choice best = search.whole();
  const auto most = static_cast<int64_t>(static_cast<double>(best.instructions) * slower_max);
  for (Choice& choice : search.choices(most)) {
    if (better(choice, best, optimize)) best = std::move(choice);
  }
  return best;
}

}  // namespace

Choice lay_out(const Lowering& lowering, std::vector<ChainPlan> chains) {
  Choice choice{std::move(chains), {}, 0};
  const ArenaBuffers arena(lowering, choice.chains);
  choice.layout = plan_memory(arena.buffers(), arena.overlaps());
  return choice;
}

Choice choose_chains(const Lowering& lowering, const PlanOptions& options) {
  if (options.optimize == Optimize::latency || options.optimize == Optimize::flash) {
    return lay_out(lowering, {});
  }
  Choice whole = best_of(Search(lowering, false), options.optimize);
  if (!options.input_in_pieces || lowering.graph->inputs.size() != 1) return whole;
  Choice pieces = best_of(Search(lowering, true), options.optimize);
  const bool balanced = options.optimize == Optimize::balanced;
  const auto cost = [balanced](const Choice& choice) {
    return balanced ? product(choice) : static_cast<double>(choice.layout.bytes);
  };
  return cost(pieces) <= pieces_gain * cost(whole) ? std::move(pieces) : std::move(whole);
}

}  // namespace mote::plan

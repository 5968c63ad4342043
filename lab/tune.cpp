#include "lab/tune.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "compiler/compile.hpp"
#include "lab/bench.hpp"
#include "lab/model.hpp"

namespace mote::lab {
namespace {

using ir::Graph;
using ir::KernelCost;
using ir::KernelInfo;
using ir::Node;
using ir::NodeWork;
using ir::TensorId;

// Of the layers that go into one image: its memory holds all their tensors at once.
constexpr int64_t image_bytes_max = 128 << 10;
constexpr size_t image_layers_max = 16;

std::vector<const KernelInfo*> kernels_for(const Graph& graph, const Node& node,
                                           const ir::Target& target) {
  std::vector<const KernelInfo*> all;
  for (const KernelInfo& kernel : ir::find_op(node.op).kernels) {
    if (target.runs(kernel.isa) && kernel.fits(graph, node)) all.push_back(&kernel);
  }
  return all;
}

// Several ops have kernels of one body; each tells the work of its own nodes.
const KernelInfo& same_kernel(const Node& node, const KernelInfo& kernel) {
  const auto all = ir::find_op(node.op).kernels;
  return *std::ranges::find(all, kernel.symbol, &KernelInfo::symbol);
}

int64_t node_bytes(const Graph& graph, const Node& node) {
  int64_t bytes = 0;
  for (const auto* ids : {&node.inputs, &node.outputs}) {
    for (const TensorId id : *ids) {
      if (id != ir::no_tensor) bytes += graph.tensor(id).byte_size();
    }
  }
  return bytes;
}

// Nodes of a graph as layers side by side, each from inputs of its own to outputs of its own.
class Apart {
 public:
  explicit Apart(const Graph& graph) : graph_(graph) { apart_.name = "layers"; }

  // Its source_index becomes its place.
  void add(const Node& node) {
    Node own = node;
    own.source_index = static_cast<int32_t>(apart_.nodes.size());
    for (TensorId& id : own.inputs) {
      if (id == ir::no_tensor) continue;
      const bool constant = graph_.tensor(id).constant;
      id = apart_.add_tensor(graph_.tensor(id));
      if (!constant) apart_.inputs.push_back(id);
    }
    for (TensorId& id : own.outputs) {
      id = apart_.add_tensor(graph_.tensor(id));
      apart_.outputs.push_back(id);
    }
    apart_.nodes.push_back(std::move(own));
  }
  Graph take() { return std::move(apart_); }

 private:
  const Graph& graph_;
  Graph apart_;
};

// A layer with a choice of kernels.
struct Layer {
  const Node* node;
  std::string name;
};

class Measurement {
 public:
  Measurement(const Board& board, const Graph& graph) : board_(board), graph_(graph) {
    const ir::Target target = board.target();
    std::set<std::string> known;
    for (const Node& node : graph.nodes) {
      const auto kernels = kernels_for(graph, node, target);
      const bool state = graph.writes_variable(node) || node.outputs.size() != 1;
      if (kernels.size() < 2 || state || !known.insert(identity(node)).second) continue;
      for (const KernelInfo* kernel : kernels) tasks_[kernel].push_back(layers_.size());
      layers_.push_back({&node, name(node)});
    }
  }

  std::vector<CostSample> run(const std::function<void(double)>& done) {
    size_t total = 0;
    for (const auto& [kernel, layers] : tasks_) total += layers.size();
    for (const auto& [kernel, layers] : tasks_) {
      for (size_t first = 0; first < layers.size();) {
        const size_t count = image_layers(layers, first);
        measure(*kernel, std::span(layers).subspan(first, count));
        first += count;
        done(static_cast<double>(count) / static_cast<double>(total));
      }
    }
    return std::move(samples_);
  }

 private:
  // By ids, so that tables come out the same in every run.
  struct ById {
    bool operator()(const KernelInfo* a, const KernelInfo* b) const {
      return a->entry.id < b->entry.id;
    }
  };

  std::string name(const Node& node) const {
    const auto& shape = graph_.tensor(node.outputs[0]).shape;
    std::string text;
    for (const int32_t extent : shape) text += fmt::format("{}{}", text.empty() ? "" : ",", extent);
    return fmt::format("{} [{}]", node.op, text);
  }
  // What the cost depends on, but for the weights' values.
  std::string identity(const Node& node) const {
    std::string text = node.op;
    for (const KernelInfo& kernel : ir::find_op(node.op).kernels) {
      if (!kernel.fits(graph_, node)) continue;
      const ir::LoweredOp lowered = kernel.lower(graph_, node);
      for (const ir::Param& param : lowered.params) {
        std::visit([&](auto value) { text += fmt::format(" {}={}", param.name, value); },
                   param.value);
      }
    }
    return text;
  }

  size_t image_layers(std::span<const size_t> layers, size_t first) const {
    int64_t bytes = 0;
    size_t count = 0;
    while (count < image_layers_max && first + count < layers.size()) {
      bytes += node_bytes(graph_, *layers_[layers[first + count]].node);
      if (count > 0 && bytes > image_bytes_max) break;
      ++count;
    }
    return count;
  }

  void measure(const KernelInfo& kernel, std::span<const size_t> layers) {
    Apart apart(graph_);
    for (const size_t layer : layers) apart.add(*layers_[layer].node);
    CompileOptions options;
    options.target = board_.target();
    options.planning.kernel = kernel.symbol;
    const Model model(compile(apart.take(), options));
    const std::vector<BenchOp> ops = bench_ops(board_, model, {});
    if (ops.size() != layers.size()) {
      throw LabError(fmt::format("{}: {} layers became {} operators", kernel.symbol, layers.size(),
                                 ops.size()));
    }
    // The plan has layers in an order of its own.
    std::map<int32_t, int32_t> places;  // in `layers`, by the plan's layers
    for (const plan::PlannedOp& op : model.plan()->ops) places[op.layer] = op.source_index;
    auto op = ops.begin();
    for (const auto& [planned, place] : places) {
      const size_t layer = layers[static_cast<size_t>(place)];
      const Node& node = *layers_[layer].node;
      samples_.push_back({layer, layers_[layer].name, op->kernel,
                          ir::work_of(graph_, node, same_kernel(node, kernel)),
                          std::max(static_cast<double>(op->instructions.value()), 1.0),
                          kernel.compact});
      ++op;
    }
  }

  const Board& board_;
  const Graph& graph_;
  std::vector<Layer> layers_;
  std::map<const KernelInfo*, std::vector<size_t>, ById> tasks_;
  std::vector<CostSample> samples_;
};

// Solves a x = b by elimination; no value when a is singular.
std::optional<std::vector<double>> solve(std::vector<std::vector<double>> a,
                                         std::vector<double> b) {
  const size_t n = b.size();
  for (size_t i = 0; i < n; ++i) {
    size_t pivot = i;
    for (size_t r = i; r < n; ++r) {
      if (std::abs(a[r][i]) > std::abs(a[pivot][i])) pivot = r;
    }
    if (std::abs(a[pivot][i]) < 1e-12) return std::nullopt;
    std::swap(a[i], a[pivot]);
    std::swap(b[i], b[pivot]);
    for (size_t r = 0; r < n; ++r) {
      if (r == i) continue;
      const double times = a[r][i] / a[i][i];
      for (size_t k = i; k < n; ++k) a[r][k] -= times * a[i][k];
      b[r] -= times * b[i];
    }
  }
  for (size_t i = 0; i < n; ++i) b[i] /= a[i][i];
  return b;
}

using Samples = std::span<const CostSample* const>;

double predict(const NodeWork& factors, const NodeWork& work) {
  double sum = 0;
  for (size_t i = 0; i < work.size(); ++i) sum += factors[i] * work[i];
  return sum;
}

// Sum of the squared logarithms of what the predictions are off by: twice and half count alike.
double log_error(Samples samples, const NodeWork& factors) {
  double sum = 0;
  for (const CostSample* sample : samples) {
    const double off = std::log(predict(factors, sample->work) / sample->instructions);
    sum += off * off;
  }
  return sum;
}

// Least squares over the factors in `used`, each sample's error times its weight; none where a
// factor would be negative or the samples don't tell them apart.
std::optional<NodeWork> fit_weighted(Samples samples, const std::vector<size_t>& used,
                                     const std::vector<double>& weights) {
  // Columns are scaled to a size of 1, so that elimination knows what is singular.
  std::vector<double> scale(used.size(), 0.0);
  for (size_t s = 0; s < samples.size(); ++s) {
    for (size_t i = 0; i < used.size(); ++i) {
      scale[i] = std::max(scale[i], samples[s]->work[used[i]] * weights[s]);
    }
  }
  if (std::ranges::any_of(scale, [](double x) { return x <= 0; })) return std::nullopt;
  std::vector<std::vector<double>> a(used.size(), std::vector<double>(used.size(), 0.0));
  std::vector<double> b(used.size(), 0.0);
  for (size_t s = 0; s < samples.size(); ++s) {
    const auto column = [&](size_t i) { return samples[s]->work[used[i]] * weights[s] / scale[i]; };
    for (size_t i = 0; i < used.size(); ++i) {
      b[i] += column(i) * samples[s]->instructions * weights[s];
      for (size_t k = 0; k < used.size(); ++k) a[i][k] += column(i) * column(k);
    }
  }
  const auto solved = solve(std::move(a), std::move(b));
  if (!solved || std::ranges::any_of(*solved, [](double x) { return x < 0; })) return std::nullopt;
  NodeWork result{};
  for (size_t i = 0; i < used.size(); ++i) result[used[i]] = (*solved)[i] / scale[i];
  return result;
}

// The factors whose bits are set, the others 0, with about the least log_error(): weights that are
// 1 / sqrt(predicted * measured) make an error's square about that of its logarithm.
std::optional<NodeWork> fit(Samples samples, unsigned chosen) {
  constexpr int rounds = 12;
  std::vector<size_t> used;
  for (size_t i = 0; i < NodeWork{}.size(); ++i) {
    if ((chosen >> i & 1u) != 0) used.push_back(i);
  }
  if (used.size() > samples.size()) return std::nullopt;
  std::vector<double> weights;
  for (const CostSample* sample : samples) weights.push_back(1 / sample->instructions);
  std::optional<NodeWork> factors;
  for (int round = 0; round < rounds; ++round) {
    factors = fit_weighted(samples, used, weights);
    if (!factors) return std::nullopt;
    for (size_t s = 0; s < samples.size(); ++s) {
      const double predicted = std::max(predict(*factors, samples[s]->work), 1.0);
      weights[s] = 1 / std::sqrt(predicted * samples[s]->instructions);
    }
  }
  return factors;
}

}  // namespace

std::vector<CostSample> measure_costs(const Board& board, const Graph& graph,
                                      const std::function<void(double)>& done) {
  if (!board.counts()) {
    throw LabError(
        fmt::format("{}: instructions aren't counted there, so that its kernels are "
                    "chosen by their estimates; tune an emulated board",
                    board.name));
  }
  return Measurement(board, graph).run(done);
}

std::vector<KernelCost> fit_costs(std::span<const CostSample> samples) {
  std::map<std::string, std::vector<const CostSample*>> by_kernel;
  for (const CostSample& sample : samples) by_kernel[sample.kernel].push_back(&sample);
  std::vector<KernelCost> costs;
  for (const auto& [kernel, own] : by_kernel) {
    std::optional<NodeWork> best;
    for (unsigned chosen = 1; chosen < 1u << NodeWork{}.size(); ++chosen) {
      const auto factors = fit(own, chosen);
      if (factors && (!best || log_error(own, *factors) < log_error(own, *best))) best = factors;
    }
    if (!best) continue;
    const auto& [estimate, mac, output, pixel, call] = *best;
    costs.push_back({kernel, estimate, mac, output, pixel, call});
  }
  return costs;
}

Choices judge_costs(std::span<const CostSample> samples, std::span<const KernelCost> costs) {
  std::map<size_t, std::vector<const CostSample*>> by_layer;
  for (const CostSample& sample : samples) {
    if (!sample.compact) by_layer[sample.layer].push_back(&sample);
  }
  Choices choices;
  for (const auto& [layer, own] : by_layer) {
    std::vector<ir::KernelOffer> offers;
    for (const CostSample* sample : own) {
      const auto cost = std::ranges::find(costs, sample->kernel, &KernelCost::kernel);
      const double estimate = sample->work[0];
      offers.push_back({estimate, cost == costs.end() ? estimate : cost_of(*cost, sample->work)});
    }
    const CostSample* taken = own[ir::choose(offers)];
    const CostSample* best = *std::ranges::min_element(
        own, {}, [](const CostSample* sample) { return sample->instructions; });
    ++choices.layers;
    if (taken->instructions > best->instructions) {
      choices.missed.push_back({taken, best});
    }
    choices.best_instructions += best->instructions;
    choices.instructions += taken->instructions;
  }
  return choices;
}

}  // namespace mote::lab

#include "compiler/mixed_precision.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "compiler/ir/op.hpp"
#include "compiler/quantize/kernel_support.hpp"

namespace mote::quantize {
namespace {

using ir::Graph;
using ir::GraphError;
using ir::Node;

// What one layer takes at one precision, borders to its neighbours left out.
struct LayerChoice {
  Precision precision;
  double noise = 0;  // of the results, relative to their signal
  Cost cost;
};

// Constants, activations and instructions of the node of `converted` that writes what node `index`
// of the source writes.
Cost layer_cost(const Graph& source, const Converted& converted, size_t index,
                const ir::Target& target) {
  const ir::TensorId y =
      converted.values.at(static_cast<size_t>(source.nodes[index].outputs.at(0)));
  const Graph& graph = converted.graph;
  const Node& node = graph.nodes.at(static_cast<size_t>(graph.producer(y)));
  const ir::LoweredOp lowered = ir::lower(graph, node, target);
  Cost cost;
  lowered.for_each_call([&](const ir::LoweredOp& call) {
    for (const ir::Operand& operand : call.operands) {
      cost.flash_bytes += static_cast<int64_t>(operand.data.size());
      cost.ram_bytes += operand.bytes;
      if (operand.kind != ir::Operand::Kind::tensor) continue;
      const ir::Tensor& tensor = graph.tensor(operand.tensor);
      (tensor.constant ? cost.flash_bytes : cost.ram_bytes) += tensor.byte_size();
    }
  });
  if (lowered.kernel != nullptr && lowered.kernel->instructions != nullptr) {
    cost.instructions = lowered.kernel->instructions(graph, node);
  }
  return cost;
}

class Search {
 public:
  Search(const Prepared& prepared, std::span<const Sample> samples,
         const std::vector<std::vector<float>>& real_outputs, const MixedOptions& options)
      : prepared_(prepared), samples_(samples), real_outputs_(real_outputs), options_(options) {}

  Mixed run() {
    find_choices();
    std::vector<size_t> chosen;
    for (const auto& layer : layers_) chosen.push_back(most_exact(layer.choices));
    Mixed mixed = convert_with(chosen);
    std::vector<MixedStep> steps;
    while (!options_.budget.holds(mixed.cost)) {
      const auto move = best_move(chosen, mixed.cost);
      if (!move) refuse(mixed.cost);
      const auto [layer, to] = *move;
      const Precision from = layers_[layer].choices[chosen[layer]].precision;
      chosen[layer] = to;
      mixed = convert_with(chosen);
      steps.push_back(
          {layers_[layer].node, from, layers_[layer].choices[to].precision, mixed.cost});
    }
    take_back(chosen, mixed);
    mixed.steps = std::move(steps);
    return mixed;
  }

 private:
  struct Layer {
    size_t node;
    std::vector<LayerChoice> choices;
  };

  void find_choices() {
    const Graph& graph = prepared_.graph;
    const size_t count = graph.nodes.size();
    for (size_t i = 0; i < count; ++i) {
      if (options_.progress) options_.progress(i, count);
      const Node& node = graph.nodes[i];
      if (!quantizable(graph, node) || ir::find_op(node.op).quantization.weights < 0) continue;
      Layer layer{i, {}};
      for (const Precision precision : options_.choices) {
        if (!has_kernel(graph, node, precision)) continue;
        ConvertOptions alone;
        alone.float_inputs = true;
        alone.by_node.assign(count, Precision::float32);
        alone.by_node[i] = precision;
        alone.moments = moments();
        const Converted converted = convert(graph, prepared_.ranges, alone);
        layer.choices.push_back(
            {precision, noise_of_outputs(prepared_, alone, samples_, real_outputs_).relative(),
             layer_cost(graph, converted, i, options_.target)});
      }
      if (!layer.choices.empty()) layers_.push_back(std::move(layer));
    }
  }

  const std::vector<SecondMoments>* moments() const {
    return prepared_.moments.empty() ? nullptr : &prepared_.moments;
  }

  static size_t most_exact(const std::vector<LayerChoice>& choices) {
    const auto best = std::ranges::min_element(choices, {}, &LayerChoice::noise);
    return static_cast<size_t>(best - choices.begin());
  }

  Mixed convert_with(const std::vector<size_t>& chosen) const {
    Mixed mixed;
    mixed.convert.float_inputs = options_.float_inputs;
    mixed.convert.moments = moments();
    mixed.convert.by_node.resize(prepared_.graph.nodes.size());
    for (size_t l = 0; l < layers_.size(); ++l) {
      mixed.convert.by_node[layers_[l].node] = layers_[l].choices[chosen[l]].precision;
    }
    const Converted converted = convert(prepared_.graph, prepared_.ranges, mixed.convert);
    mixed.cost = cost_of(converted.graph, options_.target);
    return mixed;
  }

  // How much of what is short a change saves: 1 would be all of it.
  double saving(const Cost& from, const Cost& to, const Cost& total) const {
    const auto part = [](int64_t before, int64_t after, int64_t has, int64_t limit) {
      if (limit <= 0 || has <= limit) return 0.0;
      return static_cast<double>(before - after) / static_cast<double>(has - limit);
    };
    const Budget& budget = options_.budget;
    return part(from.ram_bytes, to.ram_bytes, total.ram_bytes, budget.ram_bytes) +
           part(from.flash_bytes, to.flash_bytes, total.flash_bytes, budget.flash_bytes) +
           part(from.instructions, to.instructions, total.instructions, budget.instructions);
  }

  // The layer and its choice that lose least for what they save.
  std::optional<std::pair<size_t, size_t>> best_move(const std::vector<size_t>& chosen,
                                                     const Cost& total) const {
    std::optional<std::pair<size_t, size_t>> best;
    double least = std::numeric_limits<double>::infinity();
    for (size_t l = 0; l < layers_.size(); ++l) {
      const LayerChoice& now = layers_[l].choices[chosen[l]];
      for (size_t c = 0; c < layers_[l].choices.size(); ++c) {
        const LayerChoice& other = layers_[l].choices[c];
        const double saved = saving(now.cost, other.cost, total);
        if (c == chosen[l] || saved <= 0) continue;
        const double loss = std::max(other.noise - now.noise, 0.0) / saved;
        if (loss >= least) continue;
        least = loss;
        best = {l, c};
      }
    }
    return best;
  }

  // Late steps may have saved more than was short: gives layers back what still fits, those first
  // that gain most.
  void take_back(std::vector<size_t>& chosen, Mixed& mixed) const {
    struct Gain {
      double noise;
      size_t layer, choice;
    };
    std::vector<Gain> gains;
    for (size_t l = 0; l < layers_.size(); ++l) {
      for (size_t c = 0; c < layers_[l].choices.size(); ++c) {
        const double gain = layers_[l].choices[chosen[l]].noise - layers_[l].choices[c].noise;
        if (gain > 0) gains.push_back({gain, l, c});
      }
    }
    std::ranges::stable_sort(gains, std::greater<>(), &Gain::noise);
    for (const Gain& gain : gains) {
      const size_t before = chosen[gain.layer];
      if (layers_[gain.layer].choices[before].noise <=
          layers_[gain.layer].choices[gain.choice].noise) {
        continue;  // has been given more already
      }
      chosen[gain.layer] = gain.choice;
      Mixed better = convert_with(chosen);
      if (options_.budget.holds(better.cost)) {
        mixed = std::move(better);
      } else {
        chosen[gain.layer] = before;
      }
    }
  }

  [[noreturn]] void refuse(const Cost& least) const {
    throw GraphError(prepared_.graph.name +
                     ": no choice of precisions fits the budget; the least that was"
                     " reached is " +
                     std::to_string(least.flash_bytes) + " bytes of flash, " +
                     std::to_string(least.ram_bytes) + " bytes of RAM, " +
                     std::to_string(least.instructions) + " instructions");
  }

  const Prepared& prepared_;
  std::span<const Sample> samples_;
  const std::vector<std::vector<float>>& real_outputs_;
  const MixedOptions& options_;
  std::vector<Layer> layers_;
};

}  // namespace

bool Budget::holds(const Cost& cost) const {
  const auto within = [](int64_t has, int64_t limit) { return limit <= 0 || has <= limit; };
  return within(cost.ram_bytes, ram_bytes) && within(cost.flash_bytes, flash_bytes) &&
         within(cost.instructions, instructions);
}

Mixed mixed_precision(const Prepared& prepared, std::span<const Sample> samples,
                      const std::vector<std::vector<float>>& real_outputs,
                      const MixedOptions& options) {
  return Search(prepared, samples, real_outputs, options).run();
}

}  // namespace mote::quantize

// A precision for each layer, so that the results are as exact as a budget allows.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "compiler/post_training.hpp"

namespace mote::quantize {

struct Budget {
  int64_t ram_bytes = 0;     // of the arena; 0: no limit
  int64_t flash_bytes = 0;   // of the package; 0: no limit
  int64_t instructions = 0;  // the kernels' estimates; 0: no limit

  bool holds(const Cost& cost) const;
};

struct MixedOptions {
  Budget budget;
  std::vector<Precision> choices;  // int4, int8, int16x8: at least one
  ir::Target target;
  bool float_inputs = false;
  std::function<void(size_t done, size_t of)> progress;  // of measuring; may be empty
};

// One layer's change on the way down to the budget.
struct MixedStep {
  size_t node;
  Precision from, to;
  Cost cost;  // of the whole graph after it
};

struct Mixed {
  ConvertOptions convert;  // by_node is set for linear ops
  Cost cost;
  std::vector<MixedStep> steps;
};

// Greedy: measures the noise that each linear layer alone brings to the results at each choice that
// it has kernels for, starts from the most exact ones, and while the budget doesn't hold changes
// the layer that loses least for what it saves of what is short; then takes back what fits again.
// Throws ir::GraphError with the least cost that was reached when no choice fits the budget.
Mixed mixed_precision(const Prepared& prepared, std::span<const Sample> samples,
                      const std::vector<std::vector<float>>& real_outputs,
                      const MixedOptions& options);

}  // namespace mote::quantize

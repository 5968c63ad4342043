// What each kernel costs on a board, measured layer by layer, and the compiler's table made of it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/kernel_costs.hpp"
#include "lab/board.hpp"

namespace mote::lab {

// One layer run by one kernel.
struct CostSample {
  size_t layer = 0;    // which one, over all samples that were measured together
  std::string name;    // op and output shape
  std::string kernel;  // KernelInfo::symbol
  ir::NodeWork work{};
  double instructions = 0;  // > 0
  bool compact = false;     // a kernel that is chosen for its bytes: no choice of judge_costs
};

// Random int8 layers of the sizes that small devices run, side by side: convolutions of all kinds,
// fully connected, average pooling, additions; behind them a quarter as many with weights of few
// values. The same for the same seed on every machine.
ir::Graph tuning_layers(size_t count, uint32_t seed);

// Measures every layer for which the board has a choice with each of its kernels: emitted source at
// -O2, counted in QEMU. graph: after run_passes. A layer counts once, however often the graph has
// it. done(part): called with parts that add up to 1. Throws LabError, also for boards on which
// instructions aren't counted.
std::vector<CostSample> measure_costs(const Board& board, const ir::Graph& graph,
                                      const std::function<void(double)>& done);

// The table: per kernel the non-negative factors with about the least sum of squared logarithms of
// predicted / measured over its samples.
std::vector<ir::KernelCost> fit_costs(std::span<const CostSample> samples);

// A layer for which a table takes another kernel than the best.
struct MissedChoice {
  const CostSample* taken;
  const CostSample* best;
};

// How well a table chooses.
struct Choices {
  size_t layers = 0;
  std::vector<MissedChoice> missed;
  double best_instructions = 0;  // of all layers, each with its best kernel
  double instructions = 0;       // each with the kernel that the table finds cheapest
};
// An empty table: the kernels' own estimates choose. samples must outlive the result.
Choices judge_costs(std::span<const CostSample> samples, std::span<const ir::KernelCost> costs);

}  // namespace mote::lab

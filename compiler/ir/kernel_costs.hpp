// The tables of what kernels cost on the boards. `mote tune` measures and fits them, and writes
// kernel_costs.inc.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/kernel_cost.hpp"
#include "compiler/ir/op.hpp"

namespace mote::ir {

// How much a node has of what KernelCost counts, in the order of its factors: the kernel's own
// estimate, steps, outputs, pixels, calls (1).
using NodeWork = std::array<double, 5>;
NodeWork work_of(const Graph& graph, const Node& node, const KernelInfo& kernel);

// >= 0 where no factor is negative.
double cost_of(const KernelCost& cost, const NodeWork& work);

// What the kernel costs by this table, or where it lacks the kernel by the kernel's own estimate.
// The kernel must fit the node.
double cost_of(const Graph& graph, const Node& node, const KernelInfo& kernel,
               std::span<const KernelCost> costs);

// A kernel that fits a node: what it costs by its own estimate, and by a table.
struct KernelOffer {
  double estimate = 0;
  double cost = 0;
};
// Which one to take: the first of the cheapest by the table, if that finds the first of the
// cheapest by estimate clearly dearer (tables are fits, and err by some percent), else the latter.
// There is at least one.
size_t choose(std::span<const KernelOffer> offers);

// The shipped table of a board, by its name; empty for one that was never measured.
std::vector<KernelCost> kernel_costs(std::string_view board);

// The text of kernel_costs.inc with the board's lines replaced by these; they go to the end where
// it has none.
std::string replace_costs(const std::string& text, std::string_view board,
                          std::span<const KernelCost> costs);

}  // namespace mote::ir

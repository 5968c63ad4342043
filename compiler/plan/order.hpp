// The order in which nodes run: a branch that leaves little behind had better run to its end before
// another begins.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::plan {

// Bytes of all tensors alive at once, at most, when the nodes run in this order (indices into
// graph.nodes). Overlaps of inputs and outputs and scratch are left out of account.
int64_t peak_bytes(const ir::Graph& graph, const std::vector<int32_t>& order);

// An order of small peak_bytes, by a search over sets of nodes that have run, of which it keeps the
// best few of each size. Nodes that touch the same variable keep their order. The graph's own order
// when there is no better one.
std::vector<int32_t> find_order(const ir::Graph& graph);

// The graph with its nodes in that order.
ir::Graph reordered(const ir::Graph& graph, const std::vector<int32_t>& order);

}  // namespace mote::plan

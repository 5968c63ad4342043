// What passes know of channels, the indices of a tensor's last axis: how ops pass them on, and
// which values each of them can hold.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/passes/passes.hpp"

namespace mote::passes {

// How an int8 node's output channels depend on its inputs' channels.
enum class ChannelFlow : uint8_t {
  opaque,   // in no known way
  mixed,    // linear, weights [out, ..., in]: every output channel on every input channel
  kept,     // each on the same channel of the inputs
  weighted  // kept, linear, weights [..., channels]
};

ChannelFlow channel_flow(const ir::Graph& graph, const ir::Node& node);

// Whether a linear node's windows reach over the edge of its input.
bool pads(const ir::Graph& graph, const ir::Node& node);

// Stored values that a channel may hold.
struct Range {
  int32_t low = -128;
  int32_t high = 127;

  bool constant() const { return low == high; }
  bool operator==(const Range&) const = default;
};

// Bounds of every channel of every int8 tensor, by tensor id; no entries for other tensors. Exact
// where a channel is constant: then no input whatever gives another value.
std::vector<std::vector<Range>> channel_ranges(const ir::Graph& graph,
                                               const ir::Evaluate& evaluate);

}  // namespace mote::passes

// How an importer or a pass computes what is known before a model runs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::ir {

// Values of a node's outputs when all its inputs are constants; nothing when it has no kernel here.
using Evaluate =
    std::function<std::optional<std::vector<std::vector<uint8_t>>>(const Graph&, const Node&)>;

}  // namespace mote::ir

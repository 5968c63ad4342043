// Whether a float node could compute with integers.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/quantize/precision.hpp"

namespace mote::quantize {

// Whether the op has a portable kernel, which every board runs, for `node` with its operands in
// `precision`. node: quantizable().
bool has_kernel(const ir::Graph& graph, const ir::Node& node, Precision precision);

}  // namespace mote::quantize

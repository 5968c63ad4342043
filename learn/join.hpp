// Puts one graph behind another.
#pragma once

#include "compiler/ir/graph.hpp"

namespace mote::learn {

// Appends `tail`, a graph with one input, to `graph`, reading `from` in place of the input, whose
// type and shape must agree. The tail's outputs become the graph's. Throws ir::GraphError.
void join(ir::Graph& graph, ir::TensorId from, const ir::Graph& tail);

}  // namespace mote::learn

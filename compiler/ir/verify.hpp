// Checks a graph's invariants; run after import and, in debug builds, after every pass.
#pragma once

#include "compiler/ir/graph.hpp"

namespace mote::ir {

// Throws GraphError, naming op, tensor and fact, unless
//   - every tensor id is in range, and every op is in the op table;
//   - extents are at least 1 and a tensor stays below 2^31 bytes;
//   - a constant has exactly its bytes of data, anything else has none;
//   - quantisation has one scale and zero point for the tensor or one per index of its axis, scales
//     are positive and finite, zero points lie in the dtype's range (0 for int32);
//   - graph inputs are distinct and not constant; there is at least one output;
//   - every tensor is written once, by a graph input or a node, and before it is read;
//   - every op's shape rule agrees with the declared outputs.
void verify(const Graph& graph);

}  // namespace mote::ir

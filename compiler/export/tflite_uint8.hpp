// Models that compute in uint8, the scheme before int8; the way back from what
// compiler/import/tflite_types.hpp makes of them.
#pragma once

#include "compiler/ir/graph.hpp"

namespace mote::tflite {

// The graph as its file has it: nodes marked with the attribute "uint8", their stored values and
// zero points 128 higher, and the conversions at inputs and outputs gone. No kernel computes such a
// graph. Graphs without such nodes, or without those conversions, stay as they are.
ir::Graph in_uint8(const ir::Graph& graph);

}  // namespace mote::tflite

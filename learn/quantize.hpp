// From a network trained with fake quantisation to the int8 graph that means the same.
#pragma once

#include "compiler/ir/graph.hpp"
#include "learn/network.hpp"

namespace mote::learn {

// The graph of `network` (all of it, also nodes behind the trained output, such as a softmax) with
//   - float32 features, then a `quantize` node, then int8 activations on the network's grids;
//   - weights int8, symmetric per output channel, and biases int32 with scale x * weights;
//   - a softmax on its fixed grid, 1 / 256 and -128; a reconstruction error in float32.
// The network must have measured its ranges (Network::Quantization::observe or fake), and must have
// no op that int8 has no kernel for: batch norms are folded before (mote::run_passes). Throws
// ir::GraphError.
ir::Graph to_int8(const Network& network);

}  // namespace mote::learn

// The rewrites of the compiler. Each takes a verified graph and leaves a verified one that computes
// the same function, is idempotent, and knows ops only by their traits. They don't remove what they
// leave unused; ir::remove_dead does.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::passes {

// Values of a node's outputs when all its inputs are constants; nothing when it has no kernel here.
using Evaluate = std::function<std::optional<std::vector<std::vector<uint8_t>>>(const ir::Graph&,
                                                                                const ir::Node&)>;

// Replaces nodes whose inputs are all constants by their values.
void fold_constants(ir::Graph& graph, const Evaluate& evaluate);

// Float graphs: linear -> batch_norm becomes linear with scaled weights and bias.
//   factor = gamma / sqrt(variance + epsilon); w' = w * factor; b' = (b - mean) * factor + beta
// computed in double and rounded once. Only where nobody else reads the value in between.
void fold_batch_norm(ir::Graph& graph);

// Float graphs: linear -> add of a constant per channel becomes the linear op's bias.
void fuse_bias(ir::Graph& graph);

// An activation op after an op that can apply it becomes that op's attribute. In quantised graphs
// only where both values share scale and zero point, so that no bit changes.
void fuse_activation(ir::Graph& graph);

// Int8 graphs: an op that keeps channels apart (depthwise convolution) over a single input channel
// becomes its form that mixes them (convolution): the same sums, for which kernels are faster.
void mix_single_channel(ir::Graph& graph);

// Int8 graphs: removes channels of tensors between linear ops whose value nobody needs, because it
// is the same for every input or because all weights that read it are 0. What a constant channel
// adds to later sums goes into their bias; where padding would add something else, it stays.
// Channels are left in groups of four.
void remove_channels(ir::Graph& graph, const Evaluate& evaluate);

}  // namespace mote::passes

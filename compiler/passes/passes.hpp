// The rewrites of the compiler. Each takes a verified graph and leaves a verified one that computes
// the same function, is idempotent, and knows ops only by their traits. They don't remove what they
// leave unused; ir::remove_dead does.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/evaluate.hpp"
#include "compiler/ir/graph.hpp"

namespace mote::passes {

// Replaces nodes whose inputs are all constants by their values.
void fold_constants(ir::Graph& graph, const ir::Evaluate& evaluate);

// Moves transposes towards the outputs, through every op that gives the same values in another
// order of axes, into constants and into the weights of linear ops behind a flattening. Transposes
// that undo each other vanish, and those that move no value become reshapes. Leaves the graph as it
// is when transposes would copy more bytes afterwards, or as many without standing later.
void sink_transposes(ir::Graph& graph);

// Float graphs: linear -> batch_norm becomes linear with scaled weights and bias.
//   factor = gamma / sqrt(variance + epsilon); w' = w * factor; b' = (b - mean) * factor + beta
// computed in double and rounded once. Only where nobody else reads the value in between.
void fold_batch_norm(ir::Graph& graph);

// Nodes that only Mote has an op for become nodes of ops that file formats know, with the same
// bits: OpDef::expand. For files; the compiler has kernels. Returns the ops of nodes that did.
std::vector<std::string> expand_ops(ir::Graph& graph);

// Float graphs: linear -> add of a constant per channel becomes the linear op's bias.
void fuse_bias(ir::Graph& graph);

// An activation op after an op that can apply it becomes that op's attribute. In quantised graphs
// only where both values share scale and zero point, so that no bit changes.
void fuse_activation(ir::Graph& graph);

// Padding of an image with real zeros in front of a linear op with windows that pads not becomes
// that op's attribute padding = "explicit". Only where nobody else reads the padded image.
void fuse_padding(ir::Graph& graph);

// Graphs that simulate int8, as ONNX models do: quantize and dequantize nodes with the attribute
// "simulated" = 1 say that the op between them may compute on the stored values; real constants
// with a scale are multiples of it. Where an op's traits and a kernel allow it, it does: then
// results may differ from the simulated ones by one step. A requantisation is added where the op
// gives another scale than the node asks for. Unsigned tensors become int8 with a zero point that
// is 128 lower. What can't be computed on stored values stays real.
void fold_quantization(ir::Graph& graph);

// Int8 graphs: an op that keeps channels apart (depthwise convolution) over a single input channel
// becomes its form that mixes them (convolution): the same sums, for which kernels are faster.
void mix_single_channel(ir::Graph& graph);

// Int8 graphs: removes channels of tensors between linear ops whose value nobody needs, because it
// is the same for every input or because all weights that read it are 0. What a constant channel
// adds to later sums goes into their bias; where padding would add something else, it stays.
// Channels are left in groups of four.
void remove_channels(ir::Graph& graph, const ir::Evaluate& evaluate);

}  // namespace mote::passes

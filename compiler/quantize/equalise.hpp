// Cross-layer equalisation: makes the channels of an activation equally large, so that one scale
// for all of them wastes little on any (Nagel et al. 2019, arXiv:1906.04721). Weights have a scale
// per output channel here, so only what the reading op's input channels demand of its weights
// stands against it, and activations are measured instead of guessed from weights.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::quantize {

// Where a linear op feeds another one alone, directly or through ops that pass scales on
// (OpTraits::homogeneous), and its activation is none or relu: divides channel c of the first by a
// factor and multiplies the second's weights for it by the same, so that the graph's results stay,
// but for the rounding of floats. The factor evens out the channels' peaks as far as the second's
// weights allow; a depthwise second allows everything.
// peaks: by tensor, the largest |value| of each index of the last axis (Calibration::peaks); kept
// up to date. Returns how many pairs of ops were changed. Ranges are to be measured anew after it.
int32_t equalise(ir::Graph& graph, std::vector<std::vector<float>>& peaks);

}  // namespace mote::quantize

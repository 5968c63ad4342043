// Measures on real inputs what each weight of a float graph is multiplied with.
#pragma once

#include <span>
#include <vector>

#include "compiler/calibrate.hpp"
#include "compiler/quantize/second_moments.hpp"

namespace mote::quantize {

// By node; of linear nodes with constant weights that are [channels, ...] or [..., channels].
// graph: verified, float32, after the passes.
std::vector<SecondMoments> measure_moments(const ir::Graph& graph, std::span<const Sample> samples);

}  // namespace mote::quantize

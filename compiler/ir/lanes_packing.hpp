// Packs weights for core/lanes_dot.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/ir/dot_packing.hpp"

namespace mote::ir {

// Each channel's weights are `runs` runs of equal length, which are filled up to fours of taps.
// input_offset: what the kernel's stored inputs are larger by; it is taken off the bias. Whole
// groups of channels: those that aren't there give 0.
std::vector<uint32_t> pack_lanes(std::vector<ExactChannel> channels, size_t runs,
                                 int32_t input_offset);

// Of floats: weights [channels, taps], bias [channels].
std::vector<float> pack_float_lanes(std::span<const float> weights, std::span<const float> bias);

}  // namespace mote::ir

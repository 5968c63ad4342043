// Weights that take few values, so that a package may hold indices in their place
// (ops/shared/conv_palette).
#pragma once

#include <cstdint>
#include <vector>

namespace mote::quantize {

constexpr int32_t palette_bits_min = 1;
constexpr int32_t palette_bits_max = 7;

// Gives each stored weight one of at most 2^bits values, chosen so that the sum of squared changes
// is the least that is possible (one-dimensional k-means, solved exactly by dynamic programming:
// Wang and Song 2011, "Ckmeans.1d.dp"). 0 stays 0: pruned weights and dead channels stay so.
// bits: [palette_bits_min, palette_bits_max].
void limit_to_palette(std::vector<int8_t>& weights, int32_t bits);

}  // namespace mote::quantize

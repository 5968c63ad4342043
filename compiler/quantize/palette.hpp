// Weights that take few values, so that a package may hold indices in their place
// (ops/shared/conv_palette).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantize/second_moments.hpp"

namespace mote::quantize {

constexpr int32_t palette_bits_min = 1;
constexpr int32_t palette_bits_max = 7;

// Gives each stored weight one of at most 2^bits values, chosen so that the sum of squared changes
// is the least that is possible (one-dimensional k-means, solved exactly by dynamic programming:
// Wang and Song 2011, "Ckmeans.1d.dp"). 0 stays 0: pruned weights and dead channels stay so.
// bits: [palette_bits_min, palette_bits_max].
void limit_to_palette(std::vector<int8_t>& weights, int32_t bits);

// Weights of a linear layer as they are to be stored: value / scale of the channel, in
// [-limit, limit].
struct RealWeights {
  ir::Shape shape;
  std::span<const float> values;
  int32_t axis = 0;  // of the output channels
  std::vector<float> scales;
  int32_t limit = 0;
};

// Stored weights of at most 2^bits values for which the layer's outputs change little: the values
// are chosen as above, with each change weighed by the mean square of what the weight is multiplied
// with; then the weights of a channel are rounded to them with error feedback
// (compiler/quantize/feedback.hpp). Weights that are 0 stay so. Where 2^bits values are all that
// there are, as with int4 and 4 bits, all are used. moments: of the layer's inputs, or
// not known.
std::vector<int8_t> fit_to_palette(const RealWeights& weights, int32_t bits,
                                   const SecondMoments& moments);

}  // namespace mote::quantize

// Packs int8 weights for core/dot_block.hpp, after proving that its arithmetic is exact for them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/ir/requantize.hpp"

namespace mote::ir {

// Requantisation by one addition, one high multiplication and one shift; see core/dot_block.hpp.
struct ShiftedRequantization {
  int32_t multiplier;
  int32_t addend;
  int32_t shift;  // [1, 30]
};
// multiplier and shift: of core/fixed_point.hpp. bound: the largest magnitude of the sum. No value
// when the form isn't exact: the shift is to the left or zero, or something overflows.
std::optional<ShiftedRequantization> shifted_requantization(int32_t multiplier, int32_t shift,
                                                            int64_t bound, int32_t output_zero);

// For a channel whose weights are all 0: constants that give its one output for the sum 0. Such
// channels often have a bias of any size and no useful scale. No value for other channels.
std::optional<ShiftedRequantization> constant_output(std::span<const int8_t> weights, int32_t bias,
                                                     int32_t multiplier, int32_t shift,
                                                     int32_t output_zero);

// Largest magnitude of bias' + sum_k w[k] * x[k] over int8 x. weights: one channel's.
int64_t sum_bound(std::span<const int8_t> weights, int32_t bias);

// One output channel of a linear node.
struct ExactChannel {
  std::vector<int8_t> weights;  // in the order in which the tensor has them
  int32_t bias = 0;             // bias', see fold_input_zero
  ShiftedRequantization scaling{0, 0, 1};
};
// Every channel of a linear node of constant weights; channels without weights get their constant
// output. No value when the arithmetic wouldn't be exact for some channel.
std::optional<std::vector<ExactChannel>> exact_channels(const Graph& graph, const Node& node);

// Packed weights of core/dot_block.hpp. Tap k of a group of four stands where expand_taps() puts
// input k; missing taps weigh 0. sign: of the kernels that will use them. No value when the
// arithmetic wouldn't be exact for some channel.
std::optional<std::vector<uint32_t>> pack_dot(std::vector<ExactChannel> channels, bool sign);

// Gives a channel without weights its one output by a sum that the usual requantisation leads
// there, for kernels that make the addend of the shift themselves.
void make_constant_sum(ExactChannel& channel, int32_t output_zero);

// Packed weights of core/mve_dot.hpp; taps in the order of ExactChannel::weights.
std::vector<uint32_t> pack_mve(std::vector<ExactChannel> channels);

// GenericChannel structs of core/dot_generic.hpp as words, for a linear node of constant weights.
// No value when the arithmetic wouldn't be exact for some channel.
std::optional<std::vector<int32_t>> pack_generic_channels(const Graph& graph, const Node& node);

// Packed weights of core/dot_pairs.hpp; runs are as long as any int8 input allows. No value when
// the arithmetic wouldn't be exact for some channel.
std::optional<std::vector<uint32_t>> pack_dot_pairs(const Graph& graph, const Node& node);

}  // namespace mote::ir

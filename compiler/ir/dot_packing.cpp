#include "compiler/ir/dot_packing.hpp"

#include <algorithm>
#include <cstdlib>

#include "compiler/ir/op.hpp"
#include "compiler/ir/scaled_requantization.hpp"
#include "core/dot_block.hpp"
#include "core/dot_pairs.hpp"
#include "core/dsp.hpp"
#include "core/fixed_point.hpp"
#include "core/mve_dot.hpp"

namespace mote::ir {

std::optional<ShiftedRequantization> shifted_requantization(int32_t multiplier, int32_t shift,
                                                            int64_t bound, int32_t output_zero) {
  const int32_t right = -shift;
  if (right < 1 || bound >= int64_t{1} << 30) return std::nullopt;
  const auto with_shift = [&](int32_t m, int32_t s) {
    return ShiftedRequantization{m, (1 << (s - 1)) + output_zero * (1 << s), s};
  };
  // Every sum rounds to 0: any shift will do.
  if (right > 30 || bound < int64_t{1} << (right - 1)) return with_shift(0, 1);
  const int64_t addend = (int64_t{1} << (right - 1)) + (int64_t{output_zero} << right);
  if (bound + std::llabs(addend) + 1 >= int64_t{1} << 31) return std::nullopt;
  return with_shift(multiplier, right);
}

std::optional<ShiftedRequantization> constant_output(std::span<const int8_t> weights, int32_t bias,
                                                     int32_t multiplier, int32_t shift,
                                                     int32_t output_zero) {
  if (std::ranges::any_of(weights, [](int8_t w) { return w != 0; })) return std::nullopt;
  const int64_t scaled = multiply_by_quantized_multiplier(bias, multiplier, shift);
  const int64_t value = std::clamp<int64_t>(scaled + output_zero, -128, 127);
  return ShiftedRequantization{0, static_cast<int32_t>(2 * value), 1};
}

int64_t sum_bound(std::span<const int8_t> weights, int32_t bias) {
  int64_t magnitude = 0;
  for (const int8_t w : weights) magnitude += std::abs(int32_t{w});
  return 128 * magnitude + std::llabs(int64_t{bias});
}

namespace {

// One channel of core/dot_block.hpp's pairs: where its sum starts, in the units in which the kernel
// requantises it, and the constants that do.
struct DotChannel {
  int64_t start = 0;
  int32_t multiplier = 0, addend = 0, shift = 1;
};

// odd: the second of a pair.
std::optional<DotChannel> dot_channel(const ExactChannel& c, bool odd, bool sign) {
  const int64_t bound = sum_bound(c.weights, c.bias);
  if (sign) {
    if (odd && bound >= 1 << 23) return std::nullopt;
    const int64_t start = odd ? int64_t{256} * c.bias : c.bias;
    return DotChannel{start, c.scaling.multiplier, c.scaling.addend, c.scaling.shift};
  }
  const RequantizationForm form{odd ? 8 : 0, false};
  const auto scaled = scaled_requantization(c.scaling, bound, form);
  if (!scaled) return std::nullopt;
  return DotChannel{c.bias * (int64_t{1} << form.scale) + scaled->correction, scaled->multiplier,
                    scaled->addend, scaled->shift};
}

}  // namespace

std::optional<std::vector<uint32_t>> pack_dot(std::vector<ExactChannel> channels, bool sign) {
  const size_t taps = channels.front().weights.size();
  const auto pairs = static_cast<size_t>(dot_pairs(static_cast<int32_t>(taps)));
  // An even number of channels; the one that isn't there gives 0 whatever the input.
  if (channels.size() % 2 == 1) channels.push_back({std::vector<int8_t>(taps, 0), 0, {0, 0, 1}});
  std::vector<uint32_t> packed;
  for (size_t c = 0; c < channels.size(); c += 2) {
    const auto first = dot_channel(channels[c], false, sign);
    const auto second = dot_channel(channels[c + 1], true, sign);
    if (!first || !second) return std::nullopt;
    packed.push_back(static_cast<uint32_t>(first->start));
    packed.push_back(static_cast<uint32_t>(first->start + second->start));
    const auto half = [&](size_t tap) -> int32_t {
      if (tap >= taps) return 0;
      return channels[c].weights[tap] + 256 * channels[c + 1].weights[tap];
    };
    for (size_t pair = 0; pair < pairs; ++pair) {
      const size_t first_tap = pair / 2 * 4 + pair % 2;
      const int32_t low = half(first_tap), high = half(first_tap + 2);
      if (low < -32768 || low > 32767 || high < -32768 || high > 32767) return std::nullopt;
      packed.push_back((static_cast<uint32_t>(low) & 0xffffu) | static_cast<uint32_t>(high) << 16);
    }
    for (const DotChannel& channel : {*first, *second}) {
      for (const int32_t value : {channel.multiplier, channel.addend, channel.shift}) {
        packed.push_back(static_cast<uint32_t>(value));
      }
    }
  }
  return packed;
}

std::optional<std::vector<ExactChannel>> exact_channels(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs.at(0));
  const Tensor& weights = graph.tensor(node.inputs.at(1));
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != no_tensor;
  const Tensor* const bias = has_bias ? &graph.tensor(node.inputs[2]) : nullptr;
  const Tensor& y = graph.tensor(node.outputs.at(0));
  const auto axis = static_cast<size_t>(find_op(node.op).traits.channel_axis);
  const std::vector<int32_t> sums = fold_input_zero(x, weights, axis, bias);
  const size_t channels = sums.size();
  const auto scaling = requantize_linear(graph, node, static_cast<int32_t>(channels));
  size_t inner = 1;
  for (size_t i = axis + 1; i < weights.shape.size(); ++i) {
    inner *= static_cast<size_t>(weights.shape[i]);
  }
  std::vector<ExactChannel> exact(channels);
  const auto values = weights.values<int8_t>();
  for (size_t i = 0; i < values.size(); ++i) {
    exact[i / inner % channels].weights.push_back(values[i]);
  }
  for (size_t c = 0; c < channels; ++c) {
    const auto& own = exact[c].weights;
    const auto fixed =
        constant_output(own, sums[c], scaling.multiplier[c], scaling.shift[c], y.zero_point());
    const auto constants = fixed ? fixed
                                 : shifted_requantization(scaling.multiplier[c], scaling.shift[c],
                                                          sum_bound(own, sums[c]), y.zero_point());
    if (!constants) return std::nullopt;
    exact[c].bias = fixed ? 0 : sums[c];
    exact[c].scaling = *constants;
  }
  return exact;
}

std::optional<std::vector<int32_t>> pack_generic_channels(const Graph& graph, const Node& node) {
  const auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  std::vector<int32_t> packed;
  for (const ExactChannel& c : *channels) {
    packed.insert(packed.end(), {c.bias, c.scaling.multiplier, c.scaling.addend, c.scaling.shift});
  }
  return packed;
}

namespace {

// What a run's sum may be for one channel, over all int8 inputs.
struct RunRange {
  int32_t low = 0, high = 0;

  RunRange with(int8_t weight) const {
    const int32_t a = -128 * weight, b = 127 * weight;
    return {low + std::min(a, b), high + std::max(a, b)};
  }
  bool fits() const { return low >= -dot_pairs_excess && high <= 0xffff - dot_pairs_excess; }
};

// A pair of channels, padded to whole tap pairs.
struct PairRuns {
  std::vector<uint32_t> marks;
  int32_t runs = 0;
};

PairRuns find_runs(std::span<const int8_t> first, std::span<const int8_t> second) {
  PairRuns found;
  const size_t tap_pairs = first.size() / 2;
  found.marks.resize(static_cast<size_t>(dot_mark_words(static_cast<int32_t>(tap_pairs))));
  RunRange a, b;
  for (size_t pair = 0; pair < tap_pairs; ++pair) {
    const auto add = [pair](RunRange range, std::span<const int8_t> weights) {
      return range.with(weights[2 * pair]).with(weights[2 * pair + 1]);
    };
    const RunRange with_a = add(a, first), with_b = add(b, second);
    const bool word_begins = pair % dot_pairs_per_mark_word == 0;
    if (word_begins || (with_a.fits() && with_b.fits())) {
      a = word_begins ? add({}, first) : with_a;
      b = word_begins ? add({}, second) : with_b;
      found.runs += word_begins ? 1 : 0;
      continue;
    }
    found.marks[(pair - 1) / dot_pairs_per_mark_word] |=
        0x80000000u >> ((pair - 1) % dot_pairs_per_mark_word);
    ++found.runs;
    a = add({}, first);
    b = add({}, second);
  }
  return found;
}

}  // namespace

// The sum 4 * d with multiplier 1/2 and shift 1: (4 * d * 2^30 + 2^30) >> 31 is 2 * d, and
// (2 * zero + 1 + sign + 2 * d) >> 1 is zero + d.
void make_constant_sum(ExactChannel& channel, int32_t output_zero) {
  if (std::ranges::any_of(channel.weights, [](int8_t w) { return w != 0; })) return;
  channel.bias = 4 * (channel.scaling.addend / 2 - output_zero);
  channel.scaling = {1 << 30, 0, 1};
}

std::optional<std::vector<uint32_t>> pack_dot_pairs(const Graph& graph, const Node& node) {
  auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  const int32_t output_zero = graph.tensor(node.outputs.at(0)).zero_point();
  for (ExactChannel& channel : *channels) {
    channel.weights.resize((channel.weights.size() + 1) / 2 * 2);
    make_constant_sum(channel, output_zero);
  }
  if (channels->size() % 2 == 1) channels->push_back(channels->back());
  std::vector<uint32_t> packed;
  for (size_t c = 0; c < channels->size(); c += 2) {
    const ExactChannel &first = (*channels)[c], &second = (*channels)[c + 1];
    const PairRuns runs = find_runs(first.weights, second.weights);
    const int32_t excess = runs.runs * dot_pairs_excess;
    for (const int32_t value :
         {first.bias - excess, second.bias - excess, first.scaling.multiplier,
          second.scaling.multiplier, first.scaling.shift | second.scaling.shift << 8}) {
      packed.push_back(static_cast<uint32_t>(value));
    }
    packed.insert(packed.end(), runs.marks.begin(), runs.marks.end());
    std::vector<int8_t> weights = first.weights;
    weights.insert(weights.end(), second.weights.begin(), second.weights.end());
    for (size_t i = 0; i < weights.size(); i += 4) packed.push_back(load_word(&weights[i]));
  }
  return packed;
}

std::vector<uint32_t> pack_mve(std::vector<ExactChannel> channels) {
  const size_t taps = channels.front().weights.size();
  // Whole groups; a channel that isn't there gives 0.
  channels.resize((channels.size() + mve_group_channels - 1) / mve_group_channels *
                  mve_group_channels);
  const auto blocks = static_cast<size_t>(mve_dot_blocks(static_cast<int32_t>(taps)));
  std::vector<uint32_t> packed;
  for (size_t group = 0; group < channels.size(); group += mve_group_channels) {
    const std::span four(channels.data() + group, mve_group_channels);
    const auto add = [&](auto value) {
      for (const ExactChannel& c : four) packed.push_back(static_cast<uint32_t>(value(c)));
    };
    add([](const ExactChannel& c) { return c.bias; });
    for (size_t block = 0; block < blocks; ++block) {
      for (const ExactChannel& c : four) {
        std::vector<uint8_t> bytes(mve_block_taps, 0);
        for (size_t i = 0; i < bytes.size() && block * bytes.size() + i < c.weights.size(); ++i) {
          bytes[i] = static_cast<uint8_t>(c.weights[block * bytes.size() + i]);
        }
        for (size_t i = 0; i < bytes.size(); i += 4) packed.push_back(load_word(bytes.data() + i));
      }
    }
    add([](const ExactChannel& c) { return c.scaling.multiplier; });
    add([](const ExactChannel& c) { return c.scaling.addend; });
    add([](const ExactChannel& c) { return 24 - c.scaling.shift; });
  }
  return packed;
}

}  // namespace mote::ir

#include "compiler/ir/dot_packing.hpp"

#include <algorithm>
#include <cstdlib>

#include "compiler/ir/op.hpp"
#include "core/dot_block.hpp"
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

std::optional<std::vector<uint32_t>> pack_dot(std::span<const int8_t> weights, int32_t channels,
                                              const std::vector<int32_t>& bias,
                                              const ChannelRequantization& scaling,
                                              int32_t output_zero) {
  const size_t taps = weights.size() / static_cast<size_t>(channels);
  const auto pairs = static_cast<size_t>(dot_pairs(static_cast<int32_t>(taps)));
  // An even number of channels; the one that isn't there gives 0 whatever the input.
  std::vector<int32_t> sums = bias;
  std::vector<ShiftedRequantization> constants;
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    const auto own = weights.subspan(c * taps, taps);
    if (const auto fixed =
            constant_output(own, bias[c], scaling.multiplier[c], scaling.shift[c], output_zero)) {
      sums[c] = 0;
      constants.push_back(*fixed);
      continue;
    }
    const int64_t bound = sum_bound(own, bias[c]);
    const auto shifted =
        shifted_requantization(scaling.multiplier[c], scaling.shift[c], bound, output_zero);
    if (!shifted || (c % 2 == 1 && bound >= 1 << 23)) return std::nullopt;
    constants.push_back(*shifted);
  }
  if (channels % 2 == 1) {
    sums.push_back(0);
    constants.push_back({0, 0, 1});
  }
  const auto weight = [&](size_t channel, size_t tap) -> int32_t {
    const bool there = channel < static_cast<size_t>(channels) && tap < taps;
    return there ? weights[channel * taps + tap] : 0;
  };
  const auto half = [&](size_t channel, size_t tap) {
    return weight(channel, tap) + 256 * weight(channel + 1, tap);
  };
  std::vector<uint32_t> packed;
  for (size_t c = 0; c < sums.size(); c += 2) {
    packed.push_back(static_cast<uint32_t>(sums[c]));
    packed.push_back(static_cast<uint32_t>(sums[c] + int64_t{256} * sums[c + 1]));
    for (size_t pair = 0; pair < pairs; ++pair) {
      const size_t first_tap = pair / 2 * 4 + pair % 2;
      const int32_t low = half(c, first_tap), high = half(c, first_tap + 2);
      if (low < -32768 || low > 32767 || high < -32768 || high > 32767) return std::nullopt;
      packed.push_back((static_cast<uint32_t>(low) & 0xffffu) | static_cast<uint32_t>(high) << 16);
    }
    for (size_t channel = c; channel < c + 2; ++channel) {
      for (const int32_t value :
           {constants[channel].multiplier, constants[channel].addend, constants[channel].shift}) {
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
    add([](const ExactChannel& c) { return -c.scaling.shift; });
  }
  return packed;
}

}  // namespace mote::ir

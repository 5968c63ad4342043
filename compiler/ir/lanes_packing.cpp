#include "compiler/ir/lanes_packing.hpp"

#include "core/dsp.hpp"
#include "core/lanes_dot.hpp"

namespace mote::ir {
namespace {

// A channel's runs, each filled up with weights of 0; no weights: all are.
std::vector<int8_t> in_fours(const std::vector<int8_t>& weights, size_t taps, size_t runs) {
  const size_t run = taps / runs, filled = (run + 3) / 4 * 4;
  std::vector<int8_t> result(runs * filled, 0);
  for (size_t i = 0; i < weights.size(); ++i) result[i / run * filled + i % run] = weights[i];
  return result;
}

}  // namespace

std::vector<uint32_t> pack_lanes(std::vector<ExactChannel> channels, size_t runs,
                                 int32_t input_offset) {
  constexpr auto group = static_cast<size_t>(lanes_group);
  const size_t taps = channels.front().weights.size();
  channels.resize((channels.size() + group - 1) / group * group);
  std::vector<uint32_t> packed;
  for (size_t first = 0; first < channels.size(); first += group) {
    const std::span some(channels.data() + first, group);
    for (const ExactChannel& c : some) {
      auto bias = static_cast<uint32_t>(c.bias);
      for (const int8_t w : c.weights) bias -= static_cast<uint32_t>(input_offset * w);
      packed.push_back(bias);
    }
    const auto add = [&](auto value) {
      for (const ExactChannel& c : some) packed.push_back(static_cast<uint32_t>(value(c.scaling)));
    };
    add([](const auto& scaling) { return scaling.multiplier; });
    add([](const auto& scaling) { return scaling.addend; });
    add([](const auto& scaling) { return scaling.shift; });
    std::vector<std::vector<int8_t>> weights;
    for (const ExactChannel& c : some) weights.push_back(in_fours(c.weights, taps, runs));
    for (size_t tap = 0; tap < weights.front().size(); tap += 4) {
      for (const auto& own : weights) packed.push_back(load_word(own.data() + tap));
    }
  }
  return packed;
}

std::vector<float> pack_float_lanes(std::span<const float> weights, std::span<const float> bias) {
  constexpr auto group = static_cast<size_t>(lanes_group);
  const size_t channels = bias.size(), taps = weights.size() / channels;
  std::vector<float> packed;
  for (size_t first = 0; first < channels; first += group) {
    const auto add = [&](auto value) {
      for (size_t c = first; c < first + group; ++c) {
        packed.push_back(c < channels ? value(c) : 0.0f);
      }
    };
    add([&](size_t c) { return bias[c]; });
    for (size_t tap = 0; tap < taps; ++tap) {
      add([&](size_t c) { return weights[c * taps + tap]; });
    }
  }
  return packed;
}

}  // namespace mote::ir

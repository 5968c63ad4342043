#include "ops/shared/conv_palette/conv_palette_host.hpp"

#include <algorithm>
#include <cstring>

#include "compiler/ir/dot_packing.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/shared/conv_palette/conv_palette_s8_armv7em.hpp"
#include "ops/shared/conv_palette/conv_palette_s8_generic.hpp"
#include "ops/shared/conv_palette/conv_palette_s8_mve.hpp"
#include "ops/shared/conv_palette/conv_palette_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote::shared {
namespace {

using namespace ir;

constexpr KernelVariant any_variant{nullptr, nullptr, nullptr};
#define MOTE_OP_FOLDER "ops/shared/conv_palette"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/conv_palette/kernels.inc"
};

// Bytes of RAM that decoded channels may take, unless two of them alone take more.
constexpr int64_t decoded_bytes_max = 2048;

// The values that a layer's weights have, ascending.
struct Palette {
  std::vector<int8_t> values;
  int32_t bits = 1;

  explicit Palette(std::span<const int8_t> weights) : values(weights.begin(), weights.end()) {
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    while (std::ssize(values) > int64_t{1} << bits) ++bits;
  }

  bool holds(int8_t weight) const { return std::ranges::binary_search(values, weight); }
  uint32_t index_of(int8_t weight) const {
    return static_cast<uint32_t>(std::ranges::lower_bound(values, weight) - values.begin());
  }
  Operand operand() const {
    std::vector<int8_t> all = values;
    all.resize(size_t{1} << bits);
    return Operand::of_constant("palette", all);
  }
};

// Appends indices to words, the first in the lowest bits.
class IndexWriter {
 public:
  IndexWriter(std::vector<uint32_t>& words, int32_t bits) : words_(words), bits_(bits) {}

  void add(uint32_t index) {
    for (int32_t bit = 0; bit < bits_; ++bit, ++at_) {
      if (at_ % 32 == 0) words_.push_back(0);
      words_.back() |= (index >> bit & 1u) << at_ % 32;
    }
  }

 private:
  std::vector<uint32_t>& words_;
  int32_t bits_;
  int32_t at_ = 0;
};

const Tensor& weights_of(const Graph& graph, const Node& node) {
  return input(graph, node, 1);
}
const Tensor* bias_of(const Graph& graph, const Node& node) {
  const bool there = node.inputs.size() > 2 && node.inputs[2] != no_tensor;
  return there ? &graph.tensor(node.inputs[2]) : nullptr;
}

int32_t taps_of(const ConvF32Params& p) {
  return p.kernel_h * p.kernel_w * p.group_in;
}

ConvPaletteParams make_params_of(const Graph& graph, const Node& node, const ConvF32Params& shape,
                                 int32_t bits, int32_t block) {
  // ConvF32Params begin as the params of all members of the family do.
  ConvPaletteParams p{};
  constexpr size_t common = sizeof(ConvF32Params) - 2 * sizeof(float);
  std::memcpy(&p, &shape, common);
  const ActivationRange range = activation_range(node, output(graph, node));
  p.weight_step = taps_of(shape);
  p.tap_step = p.group_in;
  p.bits = bits;
  p.block = block;
  p.input_zero = input(graph, node, 0).zero_point();
  p.output_zero = output(graph, node).zero_point();
  p.activation_min = range.min;
  p.activation_max = range.max;
  return p;
}

// Channels that are decoded at once, an even number, and whether y may then overlap x: where all
// channels are decoded at once, or all of x is expanded before.
struct Blocks {
  int32_t channels;
  bool overlap;
};

// What is decoded lies in RAM beside x and y, unless these overlap: all channels are decoded at
// once where that takes less than the smaller of the two. pair_words: of a pair of decoded
// channels; odd: whether an odd number of channels is made together; once: whether all of x is read
// before y is written in any case.
Blocks blocks_of(const ConvF32Params& p, int32_t pair_words, bool odd, bool once) {
  const int64_t pair_bytes = 4 * int64_t{pair_words};
  const int64_t all = (int64_t{p.out_c} + 1) / 2;
  const int64_t some = std::clamp<int64_t>(decoded_bytes_max / pair_bytes, 1, all);
  const int64_t x_bytes = int64_t{p.in_h} * p.in_w * p.in_c;
  const int64_t y_bytes = int64_t{p.out_h} * p.out_w * p.out_c;
  const bool can_overlap = p.batches == 1 && (odd || p.out_c % 2 == 0) && !once;
  const bool whole = can_overlap && (all - some) * pair_bytes < std::min(x_bytes, y_bytes);
  return {static_cast<int32_t>(2 * (whole ? all : some)),
          once || (can_overlap && (whole || some == all))};
}

Blocks armv7em_blocks(const ConvF32Params& p) {
  // The last of an odd number of channels is made after the others.
  return blocks_of(p, dot_block_words(dot_pairs(taps_of(p))), false,
                   conv_palette_once(p.batches * p.out_h * p.out_w));
}

Blocks generic_blocks(const ConvF32Params& p) {
  const bool fours = conv_palette_in_fours(p);
  Blocks blocks = blocks_of(p, conv_palette_generic_words(taps_of(p), fours), true, false);
  blocks.overlap = blocks.overlap && fours;
  return blocks;
}

// Whole groups of channels.
Blocks mve_blocks(const ConvF32Params& p) {
  Blocks blocks = blocks_of(p, mve_group_words(taps_of(p)) / 2, true, false);
  constexpr int32_t group = mve_group_channels;
  const int32_t all = (p.out_c + group - 1) / group * group;
  const int32_t channels = std::min(all, (blocks.channels + group - 1) / group * group);
  return {channels, blocks.overlap && channels == all};
}

LoweredOp lower_reference(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  const auto stored = weights_of(graph, node).values<int8_t>();
  const Palette palette(stored);
  std::vector<uint32_t> indices;
  for (int32_t o = 0; o < shape.out_c; ++o) {
    IndexWriter writer(indices, palette.bits);
    for (int32_t tap = 0; tap < shape.kernel_h * shape.kernel_w; ++tap) {
      for (int32_t c = 0; c < shape.group_in; ++c) {
        const int32_t at = o * shape.weight_step + tap * shape.tap_step + c;
        writer.add(palette.index_of(stored[static_cast<size_t>(at)]));
      }
    }
  }
  const auto scaling = requantize_linear(graph, node, shape.out_c);
  const std::vector<int32_t> zeros(static_cast<size_t>(shape.out_c), 0);
  const ConvPaletteParams p = make_params_of(graph, node, shape, palette.bits, 1);
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      palette.operand(),
                      Operand::of_constant("indices", indices),
                      bias_of(graph, node) != nullptr ? Operand::of_tensor(node.inputs[2])
                                                      : Operand::of_constant("bias", zeros),
                      Operand::of_constant("multiplier", scaling.multiplier),
                      Operand::of_constant("shift", scaling.shift),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(static_cast<uint32_t>(p.weight_step))};
  return lowered;
}

// The calls of the variants that decode blocks. scratch_words: of a block of so many channels.
LoweredOp lower_blocks(const Graph& graph, const Node& node, const ConvF32Params& shape,
                       const Palette& palette, const std::vector<uint32_t>& packed,
                       const Blocks& blocks, uint32_t scratch_words) {
  LoweredOp lowered;
  lowered.params = make_params(make_params_of(graph, node, shape, palette.bits, blocks.channels));
  lowered.operands = {Operand::of_tensor(node.inputs[0]), palette.operand(),
                      Operand::of_constant("weights", packed), Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(4 * scratch_words)};
  if (!blocks.overlap) return lowered;
  lowered.overlap_output = 3;
  lowered.overlap_input = 0;
  if (blocks.channels >= shape.out_c) lowered.overlap_lead = pixels_overlap_lead(shape);
  return lowered;
}

LoweredOp lower_armv7em(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  const Palette palette(weights_of(graph, node).values<int8_t>());
  std::vector<ExactChannel> channels = exact_channels(graph, node).value();
  const auto taps = std::ssize(channels.front().weights);
  const int32_t pairs = dot_pairs(static_cast<int32_t>(taps));
  const std::vector<uint32_t> plain = pack_dot(channels, true).value();
  if (channels.size() % 2 == 1) channels.push_back(channels.back());  // of it only indices are read
  const auto index = [&](const ExactChannel& channel, int32_t tap) {
    return tap < taps ? palette.index_of(channel.weights[static_cast<size_t>(tap)]) : 0;
  };
  std::vector<uint32_t> packed;
  auto from = plain.begin();
  for (size_t c = 0; c < channels.size(); c += 2) {
    packed.insert(packed.end(), from, from + 2);
    IndexWriter writer(packed, palette.bits);
    for (int32_t pair = 0; pair < pairs; ++pair) {
      const int32_t first = pair / 2 * 4 + pair % 2;
      for (const int32_t tap : {first, first + 2}) {
        writer.add(index(channels[c], tap));
        writer.add(index(channels[c + 1], tap));
      }
    }
    from += 2 + pairs;
    packed.insert(packed.end(), from, from + 6);
    from += 6;
  }
  const Blocks blocks = armv7em_blocks(shape);
  return lower_blocks(graph, node, shape, palette, packed, blocks,
                      conv_palette_scratch(static_cast<int32_t>(taps), blocks.channels));
}

LoweredOp lower_generic(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  const Palette palette(weights_of(graph, node).values<int8_t>());
  const bool fours = conv_palette_in_fours(shape);
  const int32_t taps = taps_of(shape);
  std::vector<uint32_t> packed;
  if (fours) {
    const std::vector<uint32_t> plain = pack_dot_pairs(graph, node).value();
    const int32_t tap_pairs = dot_tap_pairs(taps);
    const auto words = static_cast<size_t>(dot_pairs_words(tap_pairs));
    for (size_t pair = 0; pair < plain.size(); pair += words) {
      const auto begin = plain.begin() + static_cast<std::ptrdiff_t>(pair);
      const auto weights = begin + static_cast<std::ptrdiff_t>(words) - tap_pairs;
      packed.insert(packed.end(), begin, weights);
      IndexWriter writer(packed, palette.bits);
      for (int32_t i = 0; i < 4 * tap_pairs; ++i) {
        const uint32_t word = *(weights + i / 4);
        // What an odd number of taps lacks has no input.
        const bool missing = i % (2 * tap_pairs) >= taps;
        writer.add(missing ? 0 : palette.index_of(static_cast<int8_t>(word >> i % 4 * 8)));
      }
    }
  } else {
    const std::vector<int32_t> channels = pack_generic_channels(graph, node).value();
    const auto stored = weights_of(graph, node).values<int8_t>();
    for (int32_t o = 0; o < shape.out_c; ++o) {
      for (int32_t i = 0; i < 4; ++i) {
        packed.push_back(static_cast<uint32_t>(channels[static_cast<size_t>(4 * o + i)]));
      }
      IndexWriter writer(packed, palette.bits);
      for (int32_t t = 0; t < taps; ++t) {
        writer.add(palette.index_of(stored[static_cast<size_t>(o * taps + t)]));
      }
    }
    const auto whole = static_cast<size_t>((shape.out_c + 1) / 2 *
                                           conv_palette_generic_packed(taps, palette.bits, false));
    packed.resize(whole, 0);  // the last pair's second channel, which isn't read
  }
  const Blocks blocks = generic_blocks(shape);
  return lower_blocks(graph, node, shape, palette, packed, blocks,
                      conv_palette_generic_scratch(taps, blocks.channels, fours));
}

LoweredOp lower_mve(const Graph& graph, const Node& node, const ConvF32Params& shape) {
  const Palette palette(weights_of(graph, node).values<int8_t>());
  const std::vector<ExactChannel> channels = exact_channels(graph, node).value();
  const std::vector<uint32_t> plain = pack_mve(channels);
  const int32_t taps = taps_of(shape), vectors = mve_dot_blocks(taps) * mve_group_channels;
  std::vector<uint32_t> packed;
  for (auto from = plain.begin(); from != plain.end();) {
    packed.insert(packed.end(), from, from + mve_group_channels);
    from += mve_group_channels;
    std::vector<uint16_t> planes;
    for (int32_t vector = 0; vector < vectors; ++vector, from += mve_block_taps / 4) {
      for (int32_t b = 0; b < palette.bits; ++b) {
        uint32_t plane = 0;
        for (int32_t i = 0; i < mve_block_taps; ++i) {
          // What isn't there is left out when it is decoded, or weighs something for nobody.
          const auto weight = static_cast<int8_t>(*(from + i / 4) >> i % 4 * 8);
          const uint32_t index = palette.holds(weight) ? palette.index_of(weight) : 0;
          plane |= (index >> b & 1u) << i;
        }
        planes.push_back(static_cast<uint16_t>(plane));
      }
    }
    for (size_t i = 0; i < planes.size(); i += 2) {
      packed.push_back(planes[i] | static_cast<uint32_t>(planes[i + 1]) << 16);
    }
    packed.insert(packed.end(), from, from + 3 * mve_group_channels);
    from += 3 * mve_group_channels;
  }
  const Blocks blocks = mve_blocks(shape);
  const ConvPaletteParams p = make_params_of(graph, node, shape, palette.bits, blocks.channels);
  LoweredOp lowered = lower_blocks(graph, node, shape, palette, packed, blocks,
                                   conv_palette_mve_scratch(p, taps, blocks.channels));
  if (lowered.overlap_output >= 0 && conv_palette_pixelwise(p)) {
    // The outputs of four pixels are written while the first of them is still read.
    const int64_t growth = int64_t{p.out_c} - p.in_c, pixels = int64_t{p.out_h} * p.out_w;
    lowered.overlap_lead = static_cast<uint32_t>(
        4 * int64_t{p.out_c} + (growth > 0 ? growth * std::max<int64_t>(pixels - 4, 0) : 0));
  }
  return lowered;
}

// Fitted to 150 random layers on a Cortex-M55: half of them within 7 %.
int64_t mve_instructions(const ConvF32Params& p, int64_t bits) {
  constexpr int64_t four = conv_palette_mve_pixels;
  const int64_t groups = (int64_t{p.out_c} + mve_group_channels - 1) / mve_group_channels;
  const int64_t blocks = mve_dot_blocks(static_cast<int32_t>(taps_of(p)));  // of taps
  const int64_t pixels = int64_t{p.batches} * p.out_h * p.out_w;
  const int64_t decoding = groups * mve_group_channels * blocks * (23 + 7 * bits);
  const int64_t sums = groups * (pixels / four * (50 + 43 * blocks) + pixels % four * 67);
  if (conv_palette_pixelwise(p)) return 300 + decoding + sums;
  const int64_t rounds = (p.out_c - 1) / mve_blocks(p).channels + 1;  // of decoding
  const int64_t copying = 60 + p.kernel_h * (67 + p.kernel_w * p.group_in / 2);
  return 300 + decoding + sums + rounds * pixels * copying;
}

bool exact_for(const Graph& graph, const Node& node, const ConvF32Params& shape, PaletteForm form) {
  if (form == PaletteForm::reference) return true;
  if (shape.group_in != shape.in_c || shape.group_out != shape.out_c) return false;
  if (find_op(node.op).traits.channel_axis != 0) return false;
  switch (form) {
    case PaletteForm::reference:
      return true;
    case PaletteForm::armv7em: {
      auto channels = exact_channels(graph, node);
      return channels && pack_dot(std::move(*channels), true).has_value();
    }
    case PaletteForm::mve:
      return exact_channels(graph, node).has_value();
    case PaletteForm::generic:
      return conv_palette_in_fours(shape) ? pack_dot_pairs(graph, node).has_value()
                                          : pack_generic_channels(graph, node).has_value();
  }
  return false;
}

}  // namespace

bool fits_palette(const Graph& graph, const Node& node, const ConvF32Params& shape,
                  PaletteForm form, int64_t weight_bits) {
  const Tensor& x = input(graph, node, 0);
  const Tensor& w = weights_of(graph, node);
  const Tensor* bias = bias_of(graph, node);
  return node.integer("weight_bits", 8) == weight_bits && x.dtype == DType::i8 &&
         output(graph, node).dtype == DType::i8 && w.constant && w.dtype == DType::i8 &&
         symmetric(w) && (bias == nullptr || (bias->constant && bias->dtype == DType::i32)) &&
         Palette(w.values<int8_t>()).bits <= palette_bits_max &&
         exact_for(graph, node, shape, form);
}

LoweredOp lower_palette(const Graph& graph, const Node& node, const ConvF32Params& shape,
                        PaletteForm form) {
  switch (form) {
    case PaletteForm::reference:
      break;
    case PaletteForm::armv7em:
      return lower_armv7em(graph, node, shape);
    case PaletteForm::generic:
      return lower_generic(graph, node, shape);
    case PaletteForm::mve:
      return lower_mve(graph, node, shape);
  }
  return lower_reference(graph, node, shape);
}

int64_t palette_instructions(const Graph& graph, const Node& node, const ConvF32Params& shape,
                             PaletteForm form) {
  const int64_t taps = taps_of(shape), macs = find_op(node.op).macs(graph, node);
  const int64_t pixels = int64_t{shape.batches} * shape.out_h * shape.out_w;
  const int64_t outputs = pixels * shape.out_c;
  const int64_t decoding = 9 * weights_of(graph, node).elements();
  const auto times = [&](const Blocks& blocks) {
    return (int64_t{shape.out_c} + blocks.channels - 1) / blocks.channels;
  };
  switch (form) {
    case PaletteForm::reference:
      break;
    case PaletteForm::armv7em: {
      const bool once = conv_palette_once(static_cast<int32_t>(pixels));
      const int64_t blocks = once ? 1 : times(armv7em_blocks(shape));
      return macs * 4 / 5 + outputs * 10 + pixels * blocks * (40 + 3 * taps) + decoding;
    }
    case PaletteForm::generic: {
      const int64_t blocks = times(generic_blocks(shape));
      if (!conv_palette_in_fours(shape)) return macs * 4 + outputs * 20 + decoding;
      return macs * 3 / 2 + outputs * 20 + pixels * blocks * (40 + 3 * taps) + decoding;
    }
    case PaletteForm::mve:
      return mve_instructions(shape, Palette(weights_of(graph, node).values<int8_t>()).bits);
  }
  return 7 * macs + 60 * outputs + decoding;
}

KernelInfo palette_kernel(PaletteForm form) {
  return kernels[static_cast<size_t>(form)];
}

}  // namespace mote::shared

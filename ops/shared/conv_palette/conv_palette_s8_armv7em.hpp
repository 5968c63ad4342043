// Weights from a palette on cores with the DSP extension: some channels are decoded into the layout
// of core/dot_block.hpp and multiplied with four pixels at a time. Convolution in one group and the
// fully connected layer.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  palette: int8 [2^bits]
//   2  core/dot_block.hpp's packed weights, bias and requantisation (sign = true), but in place of
//   a
//      pair's words of weights a stream of their indices: four for each word, from its lowest byte
//      on c0's weight, c1's, and the same of the word's upper half
//   3  y: int8 [batches, out_h, out_w, out_c]
//   4  scratch: conv_palette_scratch() words
#pragma once

#include "core/dot_block.hpp"
#include "ops/shared/conv_palette/palette_window.hpp"

namespace mote {

// Words of a pair of channels: constants around the stream.
constexpr int32_t conv_palette_pair_words(int32_t pairs, int32_t bits) {
  return palette_words(4 * pairs, bits) + dot_block_words(0);
}

// Words of scratch: a block of decoded channels, four patches of tap pairs, a patch of bytes.
inline uint32_t conv_palette_scratch(int32_t taps, int32_t block) {
  const int32_t pairs = dot_pairs(taps);
  const uint64_t words = uint64_t{extent(block / 2, dot_block_words(pairs))} +
                         static_cast<uint32_t>(4 * pairs + (taps + 3) / 4);
  return words > UINT32_MAX / 4 ? UINT32_MAX / 4 : static_cast<uint32_t>(words);
}

// Whether so many output pixels are one block of vectors, expanded once for all channels.
constexpr bool conv_palette_once(int32_t pixels) {
  return pixels == 1 || pixels == 4;
}

inline Status conv_palette_s8_armv7em_check(const ConvPaletteParams& p, const uint32_t* bytes) {
  const Status shape = conv_palette_check_shape(p, bytes, bytes[3]);
  if (shape != Status::ok) return shape;
  if (p.group_in != p.in_c || p.group_out != p.out_c || p.block < 2 || p.block % 2 != 0) {
    return Status::bad_params;
  }
  const auto taps = static_cast<int32_t>(conv_palette_taps(p));
  const int32_t words = conv_palette_pair_words(dot_pairs(taps), p.bits);
  const int32_t channel_pairs = p.out_c / 2 + p.out_c % 2;
  const bool fits = extent(channel_pairs, words, 4) <= bytes[2] &&
                    conv_palette_scratch(taps, p.block) <= bytes[4] / 4;
  return fits ? Status::ok : Status::out_of_bounds;
}

// Decodes `channel_pairs` pairs of channels. Result: where the next pair begins.
template <class P>
const uint32_t* conv_palette_decode(const P& p, const int8_t* palette, const uint32_t* from,
                                    int32_t channel_pairs, uint32_t* to) {
  const int32_t pairs = dot_pairs(p.kernel_h * p.kernel_w * p.in_c);
  for (; channel_pairs > 0; --channel_pairs) {
    to[0] = from[0];
    to[1] = from[1];
    to += 2;
    PaletteStream stream{from + 2, 0, 0};
    for (int32_t i = 0; i < pairs; ++i) {
      uint32_t word = static_cast<uint32_t>(palette[stream.next(p.bits)]);
      word = (word + (static_cast<uint32_t>(palette[stream.next(p.bits)]) << 8)) & 0xffffu;
      word += static_cast<uint32_t>(palette[stream.next(p.bits)]) << 16;
      word += static_cast<uint32_t>(palette[stream.next(p.bits)]) << 24;
      *to++ = word;
    }
    for (int32_t i = 0; i < 6; ++i) *to++ = stream.words[i];
    from = stream.words + 6;
  }
  return from;
}

// `count` decoded channels of all output pixels; an even number, or 1, the last of an odd number,
// whose partner isn't there: both then land in a corner of their own. y: of the first channel;
// expanded: whether `patches` hold the only vectors of the layer already.
template <class P>
void conv_palette_channels(const P& p, const int8_t* x, const DotLayer& layer, int32_t count,
                           int8_t* y, uint32_t* patches, bool expanded) {
  const int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  auto* const bytes = reinterpret_cast<int8_t*>(patches + 4 * layer.pairs);
  int8_t last[8];
  PaletteWindow<P> window{p, x, 0, 0};
  int32_t vectors = 4;
  DotBlock block = dot_block_of(layer, patches, vectors);
  block.y_stride = count == 1 ? 2 : p.out_c;
  for (int32_t left = p.batches * p.out_h * p.out_w; left > 0; left -= vectors) {
    if (left < 4 && vectors == 4) {
      vectors = 1;
      block = dot_block_of(layer, patches, vectors);
      block.y_stride = 2;
      if (count > 1) block.y_stride = p.out_c;
    }
    for (int32_t i = 0; i < vectors && !expanded; ++i, window.advance()) {
      const int8_t* const patch = window.patch(bytes);
      if (vectors == 4) {
        expand_taps<4>(patches + i, patch, taps);
      } else {
        expand_taps<1>(patches, patch, taps);
      }
    }
    block.y = count == 1 ? last : y;
    if (vectors == 4) {
      dot_block_4<true>(&block);
    } else {
      dot_block_1<true>(&block);
    }
    for (int32_t i = 0; i < vectors; ++i, y += p.out_c) {
      if (count == 1) *y = last[2 * i];
    }
  }
}

template <class P>
void conv_palette_s8_armv7em(const P& p, void* const* operands) {
  const auto* const palette = static_cast<const int8_t*>(operands[1]);
  const auto* from = static_cast<const uint32_t*>(operands[2]);
  auto* const y = static_cast<int8_t*>(operands[3]);
  auto* const decoded = static_cast<uint32_t*>(operands[4]);
  const int32_t pairs = dot_pairs(p.kernel_h * p.kernel_w * p.in_c);
  auto* const patches = decoded + p.block / 2 * dot_block_words(pairs);
  const bool once = conv_palette_once(p.batches * p.out_h * p.out_w);
  for (int32_t first = 0; first < p.out_c;) {
    const int32_t left = p.out_c - first;
    const int32_t count = left >= p.block ? p.block : left == 1 ? 1 : left & ~1;
    from = conv_palette_decode(p, palette, from, (count + 1) / 2, decoded);
    const DotLayer layer{decoded, pairs, (count + 1) & ~1, p.activation_min, p.activation_max};
    conv_palette_channels(p, static_cast<const int8_t*>(operands[0]), layer, count, y + first,
                          patches, once && first > 0);
    first += count;
  }
}

}  // namespace mote

// Weights from a palette on 32-bit cores without SIMD: some channels are decoded into scratch, and
// all pixels computed with them. Convolution in one group and the fully connected layer.
//
// Four pixels or more go through core/dot_pairs.hpp, fewer through core/dot_generic.hpp.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  palette: int8 [2^bits]
//   2  four pixels or more: core/dot_pairs.hpp's packed weights, but in place of a pair's weights a
//      stream of their indices; else for each channel a GenericChannel and a stream
//   3  y: int8 [batches, out_h, out_w, out_c]
//   4  scratch: conv_palette_generic_scratch() words
#pragma once

#include "core/dot_pairs.hpp"
#include "ops/shared/conv_palette/palette_window.hpp"

namespace mote {

template <class P>
constexpr bool conv_palette_in_fours(const P& p) {
  return p.batches * p.out_h * p.out_w >= dot_pairs_pixels;
}

// Words of a decoded pair of channels.
constexpr int32_t conv_palette_generic_words(int32_t taps, bool fours) {
  if (fours) return dot_pairs_words(dot_tap_pairs(taps));
  return 2 * static_cast<int32_t>(sizeof(GenericChannel)) / 4 + dot_tap_pairs(taps);
}
// Words of a pair of channels in flash.
constexpr int32_t conv_palette_generic_packed(int32_t taps, int32_t bits, bool fours) {
  if (!fours)
    return 2 * (static_cast<int32_t>(sizeof(GenericChannel)) / 4 + palette_words(taps, bits));
  const int32_t tap_pairs = dot_tap_pairs(taps);
  return dot_pairs_words(tap_pairs) - tap_pairs + palette_words(4 * tap_pairs, bits);
}

// A block of decoded channels, the taps of four patches, and their bytes.
inline uint32_t conv_palette_generic_scratch(int32_t taps, int32_t block, bool fours) {
  const uint32_t patches = fours ? extent(4, dot_tap_pairs(taps)) : 0;
  const uint32_t rows = extent(fours ? 4 : 1, taps) / 4 + 1;
  const uint64_t words =
      uint64_t{extent(block / 2, conv_palette_generic_words(taps, fours))} + patches + rows;
  return words > UINT32_MAX / 4 ? UINT32_MAX / 4 : static_cast<uint32_t>(words);
}

inline Status conv_palette_s8_generic_check(const ConvPaletteParams& p, const uint32_t* bytes) {
  const Status shape = conv_palette_check_shape(p, bytes, bytes[3]);
  if (shape != Status::ok) return shape;
  if (p.group_in != p.in_c || p.group_out != p.out_c || p.block < 2 || p.block % 2 != 0) {
    return Status::bad_params;
  }
  const auto taps = static_cast<int32_t>(conv_palette_taps(p));
  const bool fours = conv_palette_in_fours(p);
  const int32_t channel_pairs = p.out_c / 2 + p.out_c % 2;
  const uint32_t packed =
      extent(channel_pairs, conv_palette_generic_packed(taps, p.bits, fours), 4);
  const bool fits =
      packed <= bytes[2] && conv_palette_generic_scratch(taps, p.block, fours) <= bytes[4] / 4;
  return fits ? Status::ok : Status::out_of_bounds;
}

// `heads` words as they are and `count` weights from a stream. Result: where the next ones begin.
__attribute__((noinline)) inline const uint32_t* palette_decode_bytes(const int8_t* palette,
                                                                      int32_t bits,
                                                                      const uint32_t* from,
                                                                      int32_t count, int8_t* to) {
  PaletteStream stream{from, 0, 0};
  for (const int8_t* const end = to + count; to != end; ++to) *to = palette[stream.next(bits)];
  return stream.words;
}

// `count` channels of all pixels, through core/dot_pairs.hpp.
inline const uint32_t* conv_palette_fours(const ConvPaletteParams& p, void* const* operands,
                                          const uint32_t* from, int32_t count, int8_t* y) {
  const auto* const palette = static_cast<const int8_t*>(operands[1]);
  const int32_t taps = p.weight_step, tap_pairs = dot_tap_pairs(taps);
  auto* const decoded = static_cast<uint32_t*>(operands[4]);
  auto* const patches = decoded + p.block / 2 * dot_pairs_words(tap_pairs);
  auto* const bytes = reinterpret_cast<int8_t*>(patches + 4 * tap_pairs);
  const int32_t heads = dot_pairs_words(tap_pairs) - tap_pairs;
  uint32_t* to = decoded;
  for (int32_t left = count; left > 0; left -= 2) {
    for (int32_t i = 0; i < heads; ++i) *to++ = *from++;
    from =
        palette_decode_bytes(palette, p.bits, from, 4 * tap_pairs, reinterpret_cast<int8_t*>(to));
    to += tap_pairs;
  }
  const DotPairsLayer layer{
      decoded, tap_pairs, count, p.output_zero, {p.activation_min, p.activation_max}, p.out_c};
  PaletteWindow<ConvPaletteParams> window{p, static_cast<const int8_t*>(operands[0]), 0, 0};
  for (int32_t left = p.batches * p.out_h * p.out_w; left > 0; left -= dot_pairs_pixels) {
    const int32_t last = (left < dot_pairs_pixels ? left : dot_pairs_pixels) - 1;
    const int8_t* pixels[dot_pairs_pixels];
    for (int32_t i = 0; i < dot_pairs_pixels; ++i) {
      pixels[i] = i <= last ? window.patch(bytes + i * taps) : pixels[last];
      if (i <= last) window.advance();
    }
    uint32_t* const end = pack_pixels(patches, pixels, taps);
    if (taps % 2 != 0) end[0] = end[1] = 0;
    dot_pairs(layer, patches, y, last);
    y += (last + 1) * p.out_c;
  }
  return from;
}

// The same one pixel after the other.
inline const uint32_t* conv_palette_singles(const ConvPaletteParams& p, void* const* operands,
                                            const uint32_t* from, int32_t count, int8_t* y) {
  const auto* const palette = static_cast<const int8_t*>(operands[1]);
  const int32_t taps = p.weight_step;
  auto* const channels = static_cast<GenericChannel*>(operands[4]);
  auto* const weights = reinterpret_cast<int8_t*>(channels + p.block);
  auto* const bytes = reinterpret_cast<int8_t*>(
      static_cast<uint32_t*>(operands[4]) + p.block / 2 * conv_palette_generic_words(taps, false));
  for (int32_t c = 0; c < count; ++c) {
    std::memcpy(channels + c, from, sizeof(GenericChannel));
    from = palette_decode_bytes(palette, p.bits, from + sizeof(GenericChannel) / 4, taps,
                                weights + c * taps);
  }
  PaletteWindow<ConvPaletteParams> window{p, static_cast<const int8_t*>(operands[0]), 0, 0};
  const ClampRange range{p.activation_min, p.activation_max};
  for (int32_t left = p.batches * p.out_h * p.out_w; left > 0; --left) {
    dot_generic_single(window.patch(bytes), weights, taps, channels, count, range, y);
    window.advance();
    y += p.out_c;
  }
  return from;
}

// One copy of the code serves all layers.
__attribute__((noinline)) inline void conv_palette_generic_run(const ConvPaletteParams& p,
                                                               void* const* operands) {
  const auto* from = static_cast<const uint32_t*>(operands[2]);
  auto* const y = static_cast<int8_t*>(operands[3]);
  for (int32_t first = 0; first < p.out_c; first += p.block) {
    const int32_t left = p.out_c - first;
    const int32_t count = left < p.block ? left : p.block;
    from = conv_palette_in_fours(p) ? conv_palette_fours(p, operands, from, count, y + first)
                                    : conv_palette_singles(p, operands, from, count, y + first);
  }
}

// For the virtual machine.
inline void conv_palette_s8_generic(const ConvPaletteParams& p, void* const* operands) {
  conv_palette_generic_run(p, operands);
}

// For emitted source, whose params are constants of P: they become a table.
template <class P>
void conv_palette_s8_generic(const P&, void* const* operands) {
  static constexpr ConvPaletteParams params = conv_palette_params_of<P>();
  conv_palette_generic_run(params, operands);
}

}  // namespace mote

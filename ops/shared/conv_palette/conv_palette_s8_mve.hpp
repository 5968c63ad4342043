// Weights from a palette on cores with the vector extension: some channels are decoded into the
// layout of core/mve_dot.hpp, and all pixels computed with them. Convolution in one group and the
// fully connected layer.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  palette: int8 [2^bits]
//   2  core/mve_dot.hpp's packed weights, bias and requantisation, but in place of sixteen weights
//      of a channel their indices in planes: uint16 [bits], bit i of plane b is bit b of index i
//   3  y: int8 [batches, out_h, out_w, out_c]
//   4  scratch: conv_palette_mve_scratch() words
#pragma once

#include "core/mve.hpp"
#include "core/mve_dot.hpp"
#include "ops/shared/conv_palette/palette_window.hpp"

namespace mote {

// Words of a group of channels in flash.
constexpr int32_t conv_palette_mve_packed(int32_t taps, int32_t bits) {
  return mve_group_words(0) + mve_dot_blocks(taps) * bits * mve_group_channels / 2;
}

// Whether pixels are read where they lie.
template <class P>
constexpr bool conv_palette_pixelwise(const P& p) {
  return p.kernel_h == 1 && p.kernel_w == 1 && p.stride_h == 1 && p.stride_w == 1 &&
         p.pad_top == 0 && p.pad_left == 0 && p.in_h == p.out_h && p.in_w == p.out_w;
}

constexpr int32_t conv_palette_mve_pixels = 4;

// A block of decoded channels and four windows.
template <class P>
uint32_t conv_palette_mve_scratch(const P& p, int32_t taps, int32_t block) {
  const uint32_t windows =
      conv_palette_pixelwise(p)
          ? 0
          : extent(conv_palette_mve_pixels, mve_dot_blocks(taps), mve_block_taps / 4);
  const uint64_t words =
      uint64_t{extent(block / mve_group_channels, mve_group_words(taps))} + windows;
  return words > UINT32_MAX / 4 ? UINT32_MAX / 4 : static_cast<uint32_t>(words);
}

inline Status conv_palette_s8_mve_check(const ConvPaletteParams& p, const uint32_t* bytes) {
  const Status shape = conv_palette_check_shape(p, bytes, bytes[3]);
  if (shape != Status::ok) return shape;
  if (p.group_in != p.in_c || p.group_out != p.out_c || p.block < mve_group_channels ||
      p.block % mve_group_channels != 0) {
    return Status::bad_params;
  }
  const auto taps = static_cast<int32_t>(conv_palette_taps(p));
  const int32_t groups = (p.out_c - 1) / mve_group_channels + 1;
  const bool fits = extent(groups, conv_palette_mve_packed(taps, p.bits), 4) <= bytes[2] &&
                    conv_palette_mve_scratch(p, taps, p.block) <= bytes[4] / 4;
  return fits ? Status::ok : Status::out_of_bounds;
}

// Decodes groups of channels. Result: where the next one begins.
__attribute__((noinline)) inline const uint32_t* conv_palette_mve_decode(const int8_t* palette,
                                                                         int32_t bits, int32_t taps,
                                                                         const uint32_t* from,
                                                                         int32_t groups,
                                                                         uint32_t* to) {
  for (; groups > 0; --groups) {
    for (int32_t i = 0; i < mve_group_channels; ++i) *to++ = *from++;
    const auto* planes = reinterpret_cast<const uint16_t*>(from);
    auto* weights = reinterpret_cast<int8_t*>(to);
    for (int32_t left = taps; left > 0; left -= mve_block_taps) {
      const int32_t count = left < mve_block_taps ? left : mve_block_taps;
      for (int32_t c = 0; c < mve_group_channels; ++c) {
        mve_store(weights, mve_pick(palette, planes, bits, count));
        weights += mve_block_taps;
        planes += bits;
      }
    }
    to += mve_dot_blocks(taps) * mve_block_taps;
    from = reinterpret_cast<const uint32_t*>(planes);
    for (int32_t i = 0; i < 3 * mve_group_channels; ++i) *to++ = *from++;
  }
  return from;
}

// A block's channels of `pixels` pixels that lie `step` bytes apart, in fours as far as whole
// blocks of sixteen taps can be read. readable: bytes from x on. y: int8 [pixels, out_c], out_c: of
// the layer.
__attribute__((noinline)) inline void conv_palette_mve_dot(const MveLayer& block, int32_t out_c,
                                                           const int8_t* x, int32_t step,
                                                           int32_t readable, int32_t pixels,
                                                           int8_t* y) {
  const int32_t blocks = mve_dot_blocks(block.taps);
  int32_t whole = pixels;
  while (whole > 0 && readable - (whole - 1) * step < blocks * mve_block_taps) --whole;
  int32_t done = 0;
  if (block.fours != nullptr && whole >= 4) {
    const MveDotFours dot{y,
                          block.packed,
                          x,
                          step,
                          out_c,
                          block.out_c / mve_group_channels,
                          whole / 4,
                          block.activation_min != -128 || block.activation_max != 127,
                          block.activation_min,
                          block.activation_max,
                          blocks / 2 * 2,
                          (blocks - 1) % 2};
    block.fours(&dot);
    done = whole / 4 * 4;
  }
  for (; done < pixels; ++done) {
    mve_dot_pixels(block, x + done * step, nullptr, y + done * out_c);
  }
}

// A block's channels of all pixels, window by window.
inline void conv_palette_mve_windows(const ConvPaletteParams& p, const int8_t* x,
                                     const MveLayer& block, int8_t* windows, int8_t* y) {
  const int32_t step = mve_dot_blocks(block.taps) * mve_block_taps;
  PaletteWindow<ConvPaletteParams> window{p, x, 0, 0};
  for (int32_t left = p.batches * p.out_h * p.out_w; left > 0; left -= conv_palette_mve_pixels) {
    const int32_t count = left < conv_palette_mve_pixels ? left : conv_palette_mve_pixels;
    for (int32_t i = 0; i < count; ++i, window.advance()) window.copy(windows + i * step);
    conv_palette_mve_dot(block, p.out_c, windows, step, count * step, count, y);
    y += count * p.out_c;
  }
}

// One copy of the code serves all layers. fours: as in MveLayer.
__attribute__((noinline)) inline void conv_palette_mve_run(const ConvPaletteParams& p,
                                                           MveDotFoursRun fours,
                                                           void* const* operands) {
  const auto* const x = static_cast<const int8_t*>(operands[0]);
  const auto* from = static_cast<const uint32_t*>(operands[2]);
  auto* const decoded = static_cast<uint32_t*>(operands[4]);
  const int32_t taps = p.weight_step;
  auto* const windows =
      reinterpret_cast<int8_t*>(decoded + p.block / mve_group_channels * mve_group_words(taps));
  for (int32_t first = 0; first < p.out_c; first += p.block) {
    const int32_t count = p.out_c - first < p.block ? p.out_c - first : p.block;
    const int32_t groups = (count + mve_group_channels - 1) / mve_group_channels;
    from = conv_palette_mve_decode(static_cast<const int8_t*>(operands[1]), p.bits, taps, from,
                                   groups, decoded);
    const MveLayer block{decoded, taps, count, p.activation_min, p.activation_max, fours, nullptr};
    int8_t* const y = static_cast<int8_t*>(operands[3]) + first;
    if (conv_palette_pixelwise(p)) {
      const int32_t pixels = p.batches * p.out_h * p.out_w;
      conv_palette_mve_dot(block, p.out_c, x, p.in_c, pixels * p.in_c, pixels, y);
    } else {
      conv_palette_mve_windows(p, x, block, windows, y);
    }
  }
}

// For the virtual machine.
inline void conv_palette_s8_mve(const ConvPaletteParams& p, void* const* operands) {
  const bool sign = p.output_zero > p.activation_min;
  conv_palette_mve_run(p, mve_fours_run(p.weight_step, p.out_c, sign), operands);
}

// For emitted source, whose params are constants of P: they become a table, and a layer links only
// what it calls.
template <class P>
void conv_palette_s8_mve(const P&, void* const* operands) {
  static constexpr ConvPaletteParams params = conv_palette_params_of<P>();
  constexpr bool sign = P::output_zero > P::activation_min;
  constexpr int32_t pixels = P::batches * P::out_h * P::out_w;
  conv_palette_mve_run(
      params, pixels >= 4 ? mve_fours_run(P::weight_step, P::out_c, sign) : nullptr, operands);
}

}  // namespace mote

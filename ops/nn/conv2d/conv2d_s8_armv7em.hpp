// Convolution for cores with the DSP extension: the input patches of four output pixels are
// expanded to int16 once and multiplied with all output channels; see core/dot_block.hpp.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights, bias and requantisation of core/dot_block.hpp
//   2  y: int8 [batches, out_h, out_w, out_c]
//   3  scratch: four patches of tap pairs, then one patch of bytes
// y may overlap x: a block's patches are read before its outputs are written.
#pragma once

#include "core/dot_block.hpp"
#include "ops/nn/conv2d/conv2d.hpp"
#include "ops/nn/conv2d/conv2d_patch.hpp"

namespace mote {

// Words of scratch.
inline uint32_t conv2d_armv7em_scratch(int32_t kernel_h, int32_t kernel_w, int32_t in_c) {
  const uint32_t taps = extent(kernel_h, kernel_w, in_c);
  if (taps > 1u << 24) return UINT32_MAX / 4;
  return static_cast<uint32_t>(dot_pairs(static_cast<int32_t>(taps))) * 4 + (taps + 3) / 4;
}

inline Status conv2d_armv7em_check(const Conv2dParams& p, const uint32_t* bytes) {
  const Status shape = conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const uint32_t taps = extent(p.kernel_h, p.kernel_w, p.in_c);
  if (taps > 1u << 24) return Status::bad_params;
  const uint32_t packed =
      extent((p.out_c + 1) / 2, dot_block_words(dot_pairs(static_cast<int32_t>(taps))), 4);
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] && packed <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.out_c) <= bytes[2] &&
                    conv2d_armv7em_scratch(p.kernel_h, p.kernel_w, p.in_c) * 4 <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// Writes the tap pairs of a patch whose rows lie `pitch` bytes apart to words `step` apart: first
// the whole words of all rows, then what is left of each row.
template <int step, class P>
void conv2d_expand_rows(const P& p, const int8_t* rows, int32_t pitch, uint32_t* to) {
  const int32_t row_bytes = p.kernel_w * p.in_c;
  const int32_t whole = row_bytes & ~3;
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int8_t* const row = rows + ky * pitch;
    if (whole > 16) {
      to = expand_taps<step>(to, row, whole);
      continue;
    }
    for (int32_t i = 0; i < whole; i += 4, to += 2 * step) {
      const uint32_t four = load_word(row + i);
      to[0] = sxtb16(four);
      to[step] = sxtb16_odd(four);
    }
  }
  const int32_t rest = row_bytes - whole;
  uint32_t four = 0;
  int32_t count = 0;
#pragma GCC unroll 3
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
#pragma GCC unroll 3
    for (int32_t i = 0; i < rest; ++i) {
      four |= static_cast<uint32_t>(static_cast<uint8_t>(rows[ky * pitch + whole + i]))
              << (count % 4 * 8);
      ++count;
      if (count % 4 != 0 && count != p.kernel_h * rest) continue;
      to[0] = sxtb16(four);
      to[step] = sxtb16_odd(four);
      to += 2 * step;
      four = 0;
    }
  }
}

// Writes the tap pairs of one pixel to words `step` apart.
template <int step, class P>
void conv2d_expand(const P& p, const Conv2dCursor& at, uint32_t* to, int8_t* bytes) {
  const int32_t iy = at.oy * p.stride_h - p.pad_top;
  const int32_t ix = at.ox * p.stride_w - p.pad_left;
  const bool inside = iy >= 0 && iy + (p.kernel_h - 1) * p.dilation_h < p.in_h && ix >= 0 &&
                      ix + p.kernel_w <= p.in_w;
  if (inside && (p.dilation_w == 1 || p.kernel_w == 1)) {
    conv2d_expand_rows<step>(p, at.image + (iy * p.in_w + ix) * p.in_c,
                             p.dilation_h * p.in_w * p.in_c, to);
    return;
  }
  conv2d_gather(p, at, bytes);
  conv2d_expand_rows<step>(p, bytes, p.kernel_w * p.in_c, to);
}

// All output pixels of windows that aren't pixelwise.
template <bool sign, class P>
void conv2d_windows(const P& p, const DotLayer& layer, Conv2dCursor at, int8_t* y,
                    uint32_t* patches) {
  auto* const bytes = reinterpret_cast<int8_t*>(patches + layer.pairs * 4);
  DotBlock block = dot_block_of(layer, patches, 4);
  int32_t left = p.batches * p.out_h * p.out_w;
  for (; left >= 4; left -= 4) {
    for (int32_t i = 0; i < 4; ++i) {
      conv2d_expand<4>(p, at, patches + i, bytes);
      at.advance(p);
    }
    dot_four<sign>(layer, block, y);
    y += 4 * p.out_c;
  }
  for (; left > 0; --left) {
    conv2d_expand<1>(p, at, patches, bytes);
    at.advance(p);
    dot_one<sign>(layer, patches, y);
    y += p.out_c;
  }
}

template <class P>
void conv2d_s8_armv7em(const P& p, void* const* operands) {
  const auto* const x = static_cast<const int8_t*>(operands[0]);
  const int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  const DotLayer layer{static_cast<const uint32_t*>(operands[1]), dot_pairs(taps), p.out_c,
                       p.activation_min, p.activation_max};
  auto* const y = static_cast<int8_t*>(operands[2]);
  auto* const patches = static_cast<uint32_t*>(operands[3]);
  const bool sign = p.output_zero > p.activation_min;
  if (conv2d_pixelwise(p)) {
    const auto run = sign ? dot_vectors<true> : dot_vectors<false>;
    run(layer, x, taps, p.batches * p.out_h * p.out_w, y, patches);
  } else if (sign) {
    conv2d_windows<true>(p, layer, {x}, y, patches);
  } else {
    conv2d_windows<false>(p, layer, {x}, y, patches);
  }
}

}  // namespace mote

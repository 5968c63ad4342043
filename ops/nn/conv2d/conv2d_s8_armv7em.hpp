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

// Writes the tap pairs of one pixel to words `step` apart.
template <class P>
void conv2d_expand(const P& p, const Conv2dCursor& at, uint32_t* to, int32_t step, int8_t* bytes) {
  const int32_t iy = at.oy * p.stride_h - p.pad_top;
  const int32_t ix = at.ox * p.stride_w - p.pad_left;
  const bool inside = iy >= 0 && iy + (p.kernel_h - 1) * p.dilation_h < p.in_h && ix >= 0 &&
                      ix + p.kernel_w <= p.in_w;
  const bool whole_words = p.kernel_h == 1 || p.kernel_w * p.in_c % 4 == 0;
  const int8_t* row = at.image + (iy * p.in_w + ix) * p.in_c;
  if (inside && whole_words && (p.dilation_w == 1 || p.kernel_w == 1)) {
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
      to = expand_taps(to, row, p.kernel_w * p.in_c, step);
      row += p.dilation_h * p.in_w * p.in_c;
    }
    return;
  }
  conv2d_gather(p, at, bytes);
  expand_taps(to, bytes, p.kernel_h * p.kernel_w * p.in_c, step);
}

template <class P>
void conv2d_s8_armv7em(const P& p, void* const* operands) {
  const int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  const DotLayer layer{static_cast<const uint32_t*>(operands[1]), dot_pairs(taps), p.out_c,
                       p.activation_min, p.activation_max};
  Conv2dCursor at{static_cast<const int8_t*>(operands[0])};
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const patches = static_cast<uint32_t*>(operands[3]);
  auto* const bytes = reinterpret_cast<int8_t*>(patches + layer.pairs * 4);

  const auto run = p.output_zero > p.activation_min ? dot_pixels<true> : dot_pixels<false>;
  for (int32_t left = p.batches * p.out_h * p.out_w; left > 0;) {
    const int32_t pixels = left >= 4 ? 4 : 1;
    for (int32_t i = 0; i < pixels; ++i) {
      if (conv2d_pixelwise(p)) {
        expand_taps(patches + i, at.image, p.in_c, pixels);
        at.image += p.in_c;
      } else {
        conv2d_expand(p, at, patches + i, pixels, bytes);
        at.advance(p);
      }
    }
    run(layer, patches, pixels, y);
    y += pixels * p.out_c;
    left -= pixels;
  }
}

}  // namespace mote

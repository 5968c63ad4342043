// Convolution for cores with the vector extension: two output pixels at a time, all channels; see
// core/mve_dot.hpp. Windows of one pixel are read in place where whole blocks can be read; others
// are collected.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights, bias and requantisation of core/mve_dot.hpp
//   2  y: int8 [batches, out_h, out_w, out_c]
//   3  scratch: two patches of whole blocks
// y may overlap x: a pair's windows are read before the next pair's outputs are written.
#pragma once

#include "core/mve.hpp"
#include "core/mve_dot.hpp"
#include "ops/nn/conv2d/conv2d.hpp"
#include "ops/nn/conv2d/conv2d_patch.hpp"

namespace mote {

// Bytes of one patch in scratch.
constexpr int32_t conv2d_mve_patch(int32_t taps) {
  return mve_dot_blocks(taps) * mve_block_taps;
}

inline Status conv2d_mve_check(const Conv2dParams& p, const uint32_t* bytes) {
  const Status shape = conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const uint32_t taps = extent(p.kernel_h, p.kernel_w, p.in_c);
  if (taps > 1u << 24) return Status::bad_params;
  const int32_t groups = (p.out_c + mve_group_channels - 1) / mve_group_channels;
  const auto count = static_cast<int32_t>(taps);
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(groups, mve_group_words(count), 4) <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.out_c) <= bytes[2] &&
                    extent(2, conv2d_mve_patch(count)) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// Whether windows are single pixels that lie side by side.
template <class P>
constexpr bool conv2d_mve_in_place(const P& p) {
  return p.kernel_h == 1 && p.kernel_w == 1 && p.stride_h == 1 && p.stride_w == 1 &&
         p.pad_top == 0 && p.pad_left == 0 && p.out_h == p.in_h && p.out_w == p.in_w;
}

// What collecting a patch needs of a layer; one copy of the code serves all layers.
struct Conv2dMveImage {
  int32_t in_h, in_w, in_c, kernel_h, kernel_w, dilation_h, input_zero;
};

// Collects the patch whose first tap is (iy, ix), for columns side by side.
__attribute__((noinline)) inline void conv2d_mve_gather(const Conv2dMveImage& image,
                                                        const int8_t* x, int32_t iy, int32_t ix,
                                                        int8_t* to) {
  const int32_t row_bytes = image.kernel_w * image.in_c;
  const int32_t x_row = image.in_w * image.in_c;
  int32_t columns = image.kernel_w, rows = image.kernel_h;
  const bool inside = iy >= 0 && iy + (rows - 1) * image.dilation_h < image.in_h && ix >= 0 &&
                      ix + columns <= image.in_w;
  if (!inside) {
    mve_fill(to, image.input_zero, rows * row_bytes);
    for (; rows > 0 && iy < 0; --rows, iy += image.dilation_h) to += row_bytes;
    while (rows > 0 && iy + (rows - 1) * image.dilation_h >= image.in_h) --rows;
    const int32_t before = ix < 0 ? -ix : 0;
    if (ix + columns > image.in_w) columns = image.in_w - ix;
    columns -= before;
    if (rows <= 0 || columns <= 0) return;
    ix += before;
    to += before * image.in_c;
  }
  mve_copy_rows(to, row_bytes, x + iy * x_row + ix * image.in_c, image.dilation_h * x_row,
                columns * image.in_c, rows);
}

template <class P>
void conv2d_s8_mve(const P& p, void* const* operands) {
  const int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  const MveLayer layer{
      static_cast<const uint32_t*>(operands[1]), taps, p.out_c, p.activation_min, p.activation_max,
      p.output_zero > p.activation_min};
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const patches = static_cast<int8_t*>(operands[3]);
  const int32_t patch = conv2d_mve_patch(taps);
  int32_t left = p.batches * p.out_h * p.out_w;
  if (conv2d_mve_in_place(p)) {
    const int8_t* const end = x + left * p.in_c;
    // The last pixels have no whole block behind them.
    int32_t pairs = left / 2;
    while (pairs > 0 && end - x - (2 * pairs - 1) * p.in_c < patch) --pairs;
    mve_dot_pairs(layer, x, pairs, y);
    x += 2 * pairs * p.in_c;
    y += 2 * pairs * p.out_c;
    for (left -= 2 * pairs; left > 0; --left) {
      mve_dot_pixels(layer, x, nullptr, y);
      x += p.in_c;
      y += p.out_c;
    }
    return;
  }
  const Conv2dMveImage image{p.in_h,     p.in_w,       p.in_c,      p.kernel_h,
                             p.kernel_w, p.dilation_h, p.input_zero};
  for (Conv2dCursor at{x}; left > 0;) {
    const int32_t pixels = left >= 2 ? 2 : 1;
    for (int32_t i = 0; i < pixels; ++i) {
      if (p.dilation_w == 1) {
        conv2d_mve_gather(image, at.image, at.oy * p.stride_h - p.pad_top,
                          at.ox * p.stride_w - p.pad_left, patches + i * patch);
      } else {
        conv2d_gather(p, at, patches + i * patch);
      }
      at.advance(p);
    }
    mve_dot_pixels(layer, patches, pixels == 2 ? patches + patch : nullptr, y);
    y += pixels * p.out_c;
    left -= pixels;
  }
}

}  // namespace mote

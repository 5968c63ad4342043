// Convolution for cores with the vector extension: pairs of output pixels, all channels; see
// core/mve_dot.hpp. Windows of one pixel are read in place where whole blocks can be read. Others
// come from a strip: the padded input rows under one output row, column after column, so that every
// window is one run of bytes and neighbours share theirs.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights, bias and requantisation of core/mve_dot.hpp; taps in the order of the strip
//   2  y: int8 [batches, out_h, out_w, out_c]
//   3  scratch: a strip, int8 [padded_w, kernel_h, in_c], and one block more
// y may overlap x: a strip is copied before its outputs are written.
#pragma once

#include "core/mve.hpp"
#include "core/mve_dot.hpp"
#include "ops/nn/conv2d/conv2d.hpp"

namespace mote {

// Bytes of scratch.
template <class P>
uint32_t conv2d_mve_scratch(const P& p) {
  const uint32_t columns = extent(p.out_w - 1, p.stride_w) + static_cast<uint32_t>(p.kernel_w);
  if (columns > 1u << 24) return UINT32_MAX;
  const uint32_t strip = extent(static_cast<int32_t>(columns), p.kernel_h, p.in_c);
  return strip > UINT32_MAX - mve_block_taps ? UINT32_MAX : strip + mve_block_taps;
}

inline Status conv2d_mve_check(const Conv2dParams& p, const uint32_t* bytes) {
  const Status shape = conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const uint32_t taps = extent(p.kernel_h, p.kernel_w, p.in_c);
  if (taps > 1u << 24 || p.dilation_w != 1) return Status::bad_params;
  const int32_t groups = (p.out_c + mve_group_channels - 1) / mve_group_channels;
  const auto count = static_cast<int32_t>(taps);
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(groups, mve_group_words(count), 4) <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.out_c) <= bytes[2] &&
                    conv2d_mve_scratch(p) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// What a strip needs of a layer; one copy of the code serves all layers.
struct Conv2dMveImage {
  int32_t in_h, in_w, in_c, kernel_h, kernel_w, dilation_h, pad_left, columns, input_zero;
};

// Copies the rows from iy on, with their padding.
__attribute__((noinline)) inline void conv2d_mve_strip(const Conv2dMveImage& image, const int8_t* x,
                                                       int32_t iy, int8_t* to) {
  const int32_t step = image.kernel_h * image.in_c;
  const int32_t left = image.pad_left < image.columns ? image.pad_left : image.columns;
  const int32_t room = image.columns - left;
  const int32_t middle = image.in_w < room ? image.in_w : room;
  mve_fill(to, image.input_zero, left * step);
  mve_fill(to + (left + middle) * step, image.input_zero, (room - middle) * step);
  to += left * step;
  if (middle <= 0) return;
  const bool inside = iy >= 0 && iy + (image.kernel_h - 1) * image.dilation_h < image.in_h;
  if (!inside) mve_fill(to, image.input_zero, middle * step);
  for (int32_t ky = 0; ky < image.kernel_h; ++ky) {
    if (iy >= 0 && iy < image.in_h) {
      mve_copy_rows(to, step, x + iy * image.in_w * image.in_c, image.in_c, image.in_c, middle);
    }
    to += image.in_c;
    iy += image.dilation_h;
  }
}

// Pixels that lie `step` bytes apart. readable: bytes that may be read from x on.
__attribute__((noinline)) inline void conv2d_mve_pixels(const MveLayer& layer, const int8_t* x,
                                                        int32_t step, int32_t readable,
                                                        int32_t pixels, int8_t* y) {
  // Pixels without a whole block behind them go one by one.
  int32_t pairs = pixels / 2;
  const int32_t patch = mve_dot_blocks(layer.taps) * mve_block_taps;
  while (pairs > 0 && readable - (2 * pairs - 1) * step < patch) --pairs;
  mve_dot_pairs(layer, x, step, pairs, y);
  for (int32_t i = 2 * pairs; i < pixels; ++i) {
    mve_dot_pixels(layer, x + i * step, nullptr, y + i * layer.out_c);
  }
}

template <class P>
void conv2d_s8_mve(const P& p, void* const* operands) {
  const MveLayer layer{static_cast<const uint32_t*>(operands[1]),
                       p.kernel_h * p.kernel_w * p.in_c,
                       p.out_c,
                       p.activation_min,
                       p.activation_max,
                       p.output_zero > p.activation_min};
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const strip = static_cast<int8_t*>(operands[3]);
  if (conv2d_pixelwise(p)) {
    const int32_t pixels = p.batches * p.out_h * p.out_w;
    conv2d_mve_pixels(layer, x, p.in_c, pixels * p.in_c, pixels, y);
    return;
  }
  const int32_t columns = (p.out_w - 1) * p.stride_w + p.kernel_w;
  const Conv2dMveImage image{p.in_h,       p.in_w,     p.in_c,  p.kernel_h,  p.kernel_w,
                             p.dilation_h, p.pad_left, columns, p.input_zero};
  const int32_t column = p.kernel_h * p.in_c;
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      conv2d_mve_strip(image, x, oy * p.stride_h - p.pad_top, strip);
      conv2d_mve_pixels(layer, strip, p.stride_w * column, columns * column + mve_block_taps,
                        p.out_w, y);
      y += p.out_w * p.out_c;
    }
    x += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote

// Convolution for cores with the vector extension: two or four output pixels, all channels; see
// core/mve_dot.hpp. Windows of one pixel are read in place where whole blocks can be read. Others
// come from a strip: the padded input rows under one output row, column after column, so that every
// window is one run of bytes and neighbours share theirs. Windows of several rows that are no wider
// than a vector are copied one by one, a vector for each row of theirs.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights, bias and requantisation of core/mve_dot.hpp; taps in the order of the strip,
//      int8 [kernel_w, kernel_h, in_c], or of a window
//   2  y: int8 [batches, out_h, out_w, out_c]
//   3  scratch: conv2d_mve_scratch(p) bytes
// y may overlap x: a strip is copied before its outputs are written.
#pragma once

#include "core/mve.hpp"
#include "core/mve_dot.hpp"
#include "ops/nn/conv2d/conv2d.hpp"

namespace mote {

// Whether windows are copied one by one.
template <class P>
constexpr bool conv2d_mve_patched(const P& p) {
  return p.kernel_h > 1 && p.kernel_w <= mve_block_taps && p.in_c <= mve_block_taps &&
         p.kernel_w * p.in_c <= mve_block_taps;
}

// Bytes from a copied window to the next: whole blocks that hold whole vectors for each row.
template <class P>
constexpr int32_t conv2d_mve_patch_bytes(const P& p) {
  const int32_t row = p.kernel_w * p.in_c;
  return mve_dot_blocks((p.kernel_h - 1) * row + mve_block_taps) * mve_block_taps;
}

// Columns that the windows of an output row cover.
template <class P>
constexpr int32_t conv2d_mve_columns(const P& p) {
  return (p.out_w - 1) * p.stride_w + p.kernel_w;
}

// Bytes: one block where pixels are read in place; a strip and one block more; or a padded row, one
// block more, and its windows.
template <class P>
uint32_t conv2d_mve_scratch(const P& p) {
  if (conv2d_pixelwise(p)) return mve_block_taps;
  const uint32_t columns = extent(p.out_w - 1, p.stride_w) + static_cast<uint32_t>(p.kernel_w);
  if (columns > 1u << 24) return UINT32_MAX;
  const bool patched = conv2d_mve_patched(p);
  const uint32_t rows = extent(static_cast<int32_t>(columns), patched ? 1 : p.kernel_h, p.in_c);
  const uint32_t windows = patched ? extent(p.out_w, conv2d_mve_patch_bytes(p)) : 0;
  const uint64_t bytes = uint64_t{rows} + windows + 2 * mve_block_taps;
  return bytes > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(bytes);
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

// Copies the windows of an output row from the input rows from iy on. row: room for one padded row.
__attribute__((noinline)) inline void conv2d_mve_patches(const Conv2dMveImage& image,
                                                         const int8_t* x, int32_t iy,
                                                         int32_t stride_w, int32_t windows,
                                                         int8_t* row, int8_t* to) {
  const int32_t row_bytes = image.kernel_w * image.in_c;
  const int32_t patch = conv2d_mve_patch_bytes(image);
  const int32_t left = image.pad_left < image.columns ? image.pad_left : image.columns;
  const int32_t room = image.columns - left;
  const int32_t middle = image.in_w < room ? image.in_w : room;
  const int32_t c = image.in_c;
  mve_fill(row, image.input_zero, left * c);
  mve_fill(row + (left + middle) * c, image.input_zero, (room - middle) * c);
  for (int32_t ky = 0; ky < image.kernel_h; ++ky) {
    if (iy >= 0 && iy < image.in_h) {
      mve_copy(row + left * c, x + iy * image.in_w * c, middle * c);
    } else {
      mve_fill(row + left * c, image.input_zero, middle * c);
    }
    mve_copy_vectors(to, patch, row, stride_w * c, windows);
    to += row_bytes;
    iy += image.dilation_h;
  }
}

template <class P>
void conv2d_s8_mve(const P& p, void* const* operands) {
  const int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  const bool sign = p.output_zero > p.activation_min;
  const MveLayer layer{static_cast<const uint32_t*>(operands[1]),
                       taps,
                       p.out_c,
                       p.activation_min,
                       p.activation_max,
                       mve_fours_run(taps, p.out_c, sign),
                       mve_pairs_run(p.out_c, sign)};
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const strip = static_cast<int8_t*>(operands[3]);
  if (conv2d_pixelwise(p)) {
    const int32_t pixels = p.batches * p.out_h * p.out_w;
    mve_dot_all(layer, x, p.in_c, pixels * p.in_c, pixels, y);
    return;
  }
  const int32_t columns = conv2d_mve_columns(p);
  const Conv2dMveImage image{p.in_h,       p.in_w,     p.in_c,  p.kernel_h,  p.kernel_w,
                             p.dilation_h, p.pad_left, columns, p.input_zero};
  const int32_t column = p.kernel_h * p.in_c;
  constexpr int32_t slack = mve_block_taps;
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      const int32_t iy = oy * p.stride_h - p.pad_top;
      if (conv2d_mve_patched(p)) {
        int8_t* const windows = strip + columns * p.in_c + slack;
        const int32_t patch = conv2d_mve_patch_bytes(p);
        conv2d_mve_patches(image, x, iy, p.stride_w, p.out_w, strip, windows);
        mve_dot_all(layer, windows, patch, p.out_w * patch, p.out_w, y);
      } else {
        conv2d_mve_strip(image, x, iy, strip);
        mve_dot_all(layer, strip, p.stride_w * column, columns * column + slack, p.out_w, y);
      }
      y += p.out_w * p.out_c;
    }
    x += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote

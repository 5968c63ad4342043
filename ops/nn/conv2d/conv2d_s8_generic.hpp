// Convolution for 32-bit cores without SIMD: the patches of four output pixels at a time; see
// core/dot_pairs.hpp.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights, bias and requantisation of core/dot_pairs.hpp
//   2  y: int8 [batches, out_h, out_w, out_c]
//   3  scratch: the taps of four patches, uint32 [2 * tap_pairs, 2], then a row of each, int8
//      [4, kernel_w, in_c]
// y may overlap x: a block's patches are read before its outputs are written.
#pragma once

#include <cstring>

#include "core/dot_pairs.hpp"
#include "ops/nn/conv2d/conv2d.hpp"

namespace mote {

constexpr int32_t conv2d_generic_taps_max = 1 << 24;

// Bytes of scratch.
inline uint32_t conv2d_generic_scratch(int32_t kernel_h, int32_t kernel_w, int32_t in_c) {
  const uint32_t taps = extent(kernel_h, kernel_w, in_c);
  if (taps > conv2d_generic_taps_max) return UINT32_MAX;
  return static_cast<uint32_t>(dot_tap_pairs(static_cast<int32_t>(taps))) * 16 +
         extent(dot_pairs_pixels, kernel_w, in_c);
}

inline Status conv2d_generic_check(const Conv2dParams& p, const uint32_t* bytes) {
  const Status shape = conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const uint32_t taps = extent(p.kernel_h, p.kernel_w, p.in_c);
  if (taps > conv2d_generic_taps_max) return Status::bad_params;
  const uint32_t packed =
      extent((p.out_c + 1) / 2, dot_pairs_words(dot_tap_pairs(static_cast<int32_t>(taps))), 4);
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] && packed <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.out_c) <= bytes[2] &&
                    conv2d_generic_scratch(p.kernel_h, p.kernel_w, p.in_c) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// The first input row and column of an output pixel's window.
struct Conv2dCorner {
  int32_t iy, ix;
};

// One row of a window: int8 [kernel_w, in_c], in the image where it lies there whole, else copied
// to `own` with its padding.
__attribute__((noinline)) inline const int8_t* conv2d_window_row(const Conv2dParams& p,
                                                                 const int8_t* image, int32_t iy,
                                                                 int32_t ix, int8_t* own) {
  const int32_t extent_w = (p.kernel_w - 1) * p.dilation_w + 1;
  const bool adjacent = extent_w == p.kernel_w;
  const bool row_inside = iy >= 0 && iy < p.in_h;
  const int8_t* const row = image + iy * p.in_w * p.in_c;
  if (row_inside && adjacent && ix >= 0 && ix + extent_w <= p.in_w) return row + ix * p.in_c;
  std::memset(own, p.input_zero, static_cast<size_t>(p.kernel_w * p.in_c));
  if (!row_inside) return own;
  const int32_t run = adjacent ? p.kernel_w : 1;  // columns copied at once
  for (int32_t kx = 0; kx < p.kernel_w; kx += run) {
    const int32_t begin = ix + kx * p.dilation_w, end = begin + run;
    const int32_t from = begin < 0 ? 0 : begin, to = end > p.in_w ? p.in_w : end;
    if (from >= to) continue;
    std::memcpy(own + (kx + from - begin) * p.in_c, row + from * p.in_c,
                static_cast<size_t>((to - from) * p.in_c));
  }
  return own;
}

// Taps of the patches of four pixels. rows: int8 [4, kernel_w, in_c], room for rows with padding.
__attribute__((noinline)) inline void conv2d_pack_patches(const Conv2dParams& p,
                                                          const int8_t* image,
                                                          const Conv2dCorner* corners, int8_t* rows,
                                                          uint32_t* to) {
  const int32_t row_taps = p.kernel_w * p.in_c;
  const int32_t row_step = p.dilation_h * p.in_w * p.in_c;
  const int8_t* pixels[dot_pairs_pixels];
  bool inside = p.dilation_w == 1 || p.kernel_w == 1;
  for (int32_t i = 0; i < dot_pairs_pixels; ++i) {
    const Conv2dCorner at = corners[i];
    inside = inside && at.iy >= 0 && at.iy + (p.kernel_h - 1) * p.dilation_h < p.in_h &&
             at.ix >= 0 && at.ix + p.kernel_w <= p.in_w;
    pixels[i] = image + (at.iy * p.in_w + at.ix) * p.in_c;
  }
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    for (int32_t i = 0; i < dot_pairs_pixels && !inside; ++i) {
      pixels[i] = conv2d_window_row(p, image, corners[i].iy + ky * p.dilation_h, corners[i].ix,
                                    rows + i * row_taps);
    }
    to = pack_pixels(to, pixels, row_taps);
    for (const int8_t*& pixel : pixels) pixel += row_step;
  }
  if (p.kernel_h * row_taps % 2 != 0) to[0] = to[1] = 0;
}

// One copy of the code serves all layers.
__attribute__((noinline)) inline void conv2d_generic_run(const Conv2dParams& p,
                                                         void* const* operands) {
  const int32_t tap_pairs = dot_tap_pairs(p.kernel_h * p.kernel_w * p.in_c);
  const DotPairsLayer layer{
      static_cast<const uint32_t*>(operands[1]), tap_pairs, p.out_c, p.output_zero,
      {p.activation_min, p.activation_max},      p.out_c};
  const auto* image = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const patches = static_cast<uint32_t*>(operands[3]);
  auto* const rows = reinterpret_cast<int8_t*>(patches + 4 * tap_pairs);
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    Conv2dCorner next{-p.pad_top, -p.pad_left};
    int32_t ox = 0;
    for (int32_t left = p.out_h * p.out_w; left > 0; left -= dot_pairs_pixels) {
      const int32_t last = (left < dot_pairs_pixels ? left : dot_pairs_pixels) - 1;
      Conv2dCorner corners[dot_pairs_pixels];
      for (int32_t i = 0; i < dot_pairs_pixels; ++i) {
        corners[i] = next;
        if (i >= last && left <= dot_pairs_pixels) continue;  // nothing follows
        next.ix += p.stride_w;
        if (++ox < p.out_w) continue;
        ox = 0;
        next = {next.iy + p.stride_h, -p.pad_left};
      }
      conv2d_pack_patches(p, image, corners, rows, patches);
      dot_pairs(layer, patches, y, last);
      y += (last + 1) * p.out_c;
    }
    image += p.in_h * p.in_w * p.in_c;
  }
}

// For the virtual machine.
inline void conv2d_s8_generic(const Conv2dParams& p, void* const* operands) {
  conv2d_generic_run(p, operands);
}

// For emitted source, whose params are constants of P: they become a table.
template <class P>
void conv2d_s8_generic(const P&, void* const* operands) {
  static constexpr Conv2dParams params{
      P::batches,    P::in_h,        P::in_w,           P::in_c,          P::out_h,
      P::out_w,      P::out_c,       P::kernel_h,       P::kernel_w,      P::stride_h,
      P::stride_w,   P::dilation_h,  P::dilation_w,     P::pad_top,       P::pad_left,
      P::input_zero, P::output_zero, P::activation_min, P::activation_max};
  conv2d_generic_run(params, operands);
}

}  // namespace mote

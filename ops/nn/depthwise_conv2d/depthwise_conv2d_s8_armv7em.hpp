// Depthwise 3 x 3 convolution with stride 1 or 2 for cores with the DSP extension; see
// core/depthwise_walk.hpp. Four channels at a time go through the whole image, in strips of output
// rows whose pair rows lie in scratch.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c], in_c a multiple of 4
//   1  packed: DepthwiseChannel [in_c]
//   2  y: int8 [batches, out_h, out_w, in_c]
//   3  scratch: depthwise_strip(p) pair rows of four channels
// y may overlap x if it starts a multiple of in_c bytes before it, or where it does: a strip's
// input is read before its outputs are written, and channels keep to their own bytes.
#pragma once

#include <cstring>

#include "core/depthwise_walk.hpp"
#include "core/fixed_point.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"

namespace mote {

// Pair rows in scratch.
struct DepthwiseStrip {
  int32_t columns;    // of a pair row
  int32_t pair_rows;  // >= 2
};

// All of the image's if they fit into 4 KiB, else as many as do.
inline DepthwiseStrip depthwise_strip(int32_t out_h, int32_t out_w, int32_t stride) {
  constexpr int32_t words_max = 1024;
  const int32_t columns = depthwise_columns(out_w, stride);
  const int32_t all = stride == 1 ? (out_h + 1) / 2 + 1 : out_h + 1;
  // A spare column, of odd rows, is not to cost memory.
  const int32_t exact = (stride == 1 ? out_w + 2 : 2 * out_w + 1) * all * depthwise_lanes;
  int32_t fit = (exact < words_max ? exact : words_max) / (columns * depthwise_lanes);
  if (fit < 2) fit = 2;
  return {columns, fit < all ? fit : all};
}

inline Status depthwise_conv2d_armv7em_check(const DepthwiseConv2dParams& p,
                                             const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const bool supported = p.kernel_h == 3 && p.kernel_w == 3 && p.stride_h == p.stride_w &&
                         p.stride_h <= 2 && p.dilation_h == 1 && p.dilation_w == 1 &&
                         p.depth == 1 && p.in_c % depthwise_lanes == 0;
  if (!supported) return Status::bad_params;
  const DepthwiseStrip strip = depthwise_strip(p.out_h, p.out_w, p.stride_h);
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(p.in_c, static_cast<int32_t>(sizeof(DepthwiseChannel))) <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.in_c) <= bytes[2] &&
                    extent(strip.pair_rows, strip.columns, depthwise_lanes * 4) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// What the loops need of a layer; one copy of their code serves all layers.
struct DepthwiseImage {
  int32_t in_h, in_w, in_c, out_h, out_w, stride, pad_top, pad_left;
  uint32_t padding;  // input_zero in all four bytes
  int32_t columns, pair_rows;
};

// Columns left of the image, and those of it.
struct DepthwiseColumns {
  int32_t left;
  int32_t middle;
};

inline DepthwiseColumns depthwise_inside(const DepthwiseImage& image) {
  const int32_t left = image.pad_left < image.columns ? image.pad_left : image.columns;
  const int32_t room = image.columns - left;
  return {left, image.in_w < room ? image.in_w : room};
}

// Makes the padding left and right of all pair rows, which is the same in all of them.
inline void depthwise_pad_columns(const DepthwiseImage& image, uint32_t* pairs) {
  const DepthwiseColumns inside = depthwise_inside(image);
  const uint32_t word = sxtb16(image.padding);
  for (int32_t i = 0; i < image.pair_rows * depthwise_lanes; ++i) {
    for (int32_t c = 0; c < inside.left; ++c) pairs[c] = word;
    for (int32_t c = inside.left + inside.middle; c < image.columns; ++c) pairs[c] = word;
    pairs += image.columns;
  }
}

// Makes pair row j of the four channels that start at x.
inline void depthwise_make_pair_row(const DepthwiseImage& image, const int8_t* x, int32_t j,
                                    uint32_t* to) {
  const auto* const padding = reinterpret_cast<const int8_t*>(&image.padding);
  const DepthwiseColumns inside = depthwise_inside(image);
  DepthwisePairRow row;
  const int32_t iy = 2 * j - image.pad_top;
  const bool upper = iy >= 0 && iy < image.in_h;
  const bool lower = iy >= -1 && iy < image.in_h - 1;
  const int32_t row_bytes = image.in_w * image.in_c;
  row.upper = upper ? x + iy * row_bytes : padding;
  row.upper_step = upper ? image.in_c : 0;
  row.lower = lower ? x + (iy + 1) * row_bytes : padding;
  row.lower_step = lower ? image.in_c : 0;
  to += inside.left;
  row.end = to + (inside.middle & ~1);
  row.odd = inside.middle & 1;
  for (uint32_t*& lane : row.lane) {
    lane = to;
    to += image.columns;
  }
  depthwise_pair_columns(&row);
}

// The outputs of four channels in `rows` rows; pairs: the pair rows under them.
template <bool sign>
void depthwise_walk_strip(const DepthwiseImage& image, const DepthwiseChannel* channels,
                          const uint32_t* pairs, int32_t rows, int8_t* y) {
  const bool two_rows = image.stride == 1;
  const int32_t y_row_bytes = image.out_w * image.in_c;
  const int32_t step_bytes = depthwise_step_bytes(image.stride);
  DepthwiseWalk walk;
  walk.pair_row_bytes = image.columns * depthwise_lanes * 4;
  walk.y_pass_bytes = two_rows ? 2 * y_row_bytes : y_row_bytes;
  walk.y_row_bytes = y_row_bytes;
  walk.last_y_row_bytes = (rows & 1) == 0 ? y_row_bytes : 0;
  walk.y_step = image.out_w > 1 ? image.in_c : 0;
  walk.column_bytes = step_bytes * (image.out_w > 1 ? image.out_w / 2 : 1);
  walk.odd_column_bytes = (image.out_w & 1) == 0 ? 0 : step_bytes;
  for (int32_t lane = 0; lane < depthwise_lanes; ++lane) {
    depthwise_set_channel(walk, channels[lane], image.stride);
    walk.pairs = pairs + lane * image.columns;
    walk.y = y + lane;
    walk.passes = two_rows ? (rows + 1) / 2 : rows;
    if (two_rows) {
      depthwise_walk_1<sign>(&walk);
    } else {
      depthwise_walk_2<sign>(&walk);
    }
  }
}

// One image, all channels. sign: see core/dot_block.hpp.
template <bool sign>
__attribute__((noinline)) void depthwise_image(const DepthwiseImage& image, const int8_t* x,
                                               const DepthwiseChannel* channels, int8_t* y,
                                               uint32_t* pairs) {
  const int32_t row_words = image.columns * depthwise_lanes;
  const int32_t strip_rows = (image.pair_rows - 1) * (image.stride == 1 ? 2 : 1);
  for (int32_t c = 0; c < image.in_c; c += depthwise_lanes) {
    int32_t next = 0;  // pair row to be made next
    int32_t kept = 0;  // pair rows that the last strip left at the front
    for (int32_t row = 0; row < image.out_h; row += strip_rows) {
      if (row > 0) {
        std::memcpy(pairs, pairs + (image.pair_rows - 1) * row_words,
                    static_cast<size_t>(row_words) * sizeof(uint32_t));
        kept = 1;
      }
      const int32_t left = image.out_h - row;
      const int32_t rows = left < strip_rows ? left : strip_rows;
      const int32_t needed = (image.stride == 1 ? (rows + 1) / 2 : rows) + 1;
      for (int32_t slot = kept; slot < needed; ++slot) {
        depthwise_make_pair_row(image, x + c, next++, pairs + slot * row_words);
      }
      depthwise_walk_strip<sign>(image, channels + c, pairs, rows,
                                 y + row * image.out_w * image.in_c + c);
    }
  }
}

template <class P>
void depthwise_conv2d_s8_armv7em(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* const channels = static_cast<const DepthwiseChannel*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const pairs = static_cast<uint32_t*>(operands[3]);
  const DepthwiseStrip strip = depthwise_strip(p.out_h, p.out_w, p.stride_h);
  const uint32_t padding = (static_cast<uint32_t>(p.input_zero) & 0xffu) * 0x01010101u;
  const DepthwiseImage image{p.in_h,  p.in_w,        p.in_c,         p.out_h,
                             p.out_w, p.stride_h,    p.pad_top,      p.pad_left,
                             padding, strip.columns, strip.pair_rows};
  const auto run =
      p.output_zero > p.activation_min ? depthwise_image<true> : depthwise_image<false>;
  depthwise_pad_columns(image, pairs);
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    run(image, x, channels, y, pairs);
    const int32_t y_size = p.out_h * p.out_w * p.in_c;
    if (p.activation_min != -128 || p.activation_max != 127) {
      for (int32_t i = 0; i < y_size; ++i) {
        y[i] = static_cast<int8_t>(clamp(y[i], p.activation_min, p.activation_max));
      }
    }
    x += p.in_h * p.in_w * p.in_c;
    y += y_size;
  }
}

}  // namespace mote

// Sums of products over whole windows on 64-bit CPUs, for conv2d and fully_connected; see
// core/lanes_dot.hpp. The input rows under one output row are copied with their padding, as dot()
// wants them, so that every window is a run of bytes in each of them. Windows of one pixel are
// copied a few pixels at a time.
#pragma once

#include <cstring>

#include "core/lanes.hpp"
#include "core/lanes_dot.hpp"

namespace mote {

constexpr int32_t lanes_chunk_pixels = 24;
constexpr int32_t lanes_slack = 16;  // bytes that may be read behind the last run
constexpr int32_t lanes_rows_max = 64;

// Copies of x, by type.
template <class L>
MOTE_INLINE void lanes_copy(int8_t* to, const int8_t* from, int32_t count) {
  L::shift_input(to, from, count);
}
template <class L>
MOTE_INLINE void lanes_copy(float* to, const float* from, int32_t count) {
  std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
}
template <class L>
MOTE_INLINE void lanes_fill(int8_t* to, int32_t zero, int32_t count) {
  std::memset(to, zero + L::input_offset, static_cast<size_t>(count));
}
template <class L>
MOTE_INLINE void lanes_fill(float* to, int32_t, int32_t count) {
  for (int32_t i = 0; i < count; ++i) to[i] = 0;
}

constexpr int32_t lanes_chunk(int32_t pixels) {
  return pixels < lanes_chunk_pixels ? pixels : lanes_chunk_pixels;
}

// Windows of one pixel: x [pixels, in_c], y [pixels, channels]; chunk: room for
// lanes_chunk(pixels) * in_c numbers and lanes_slack.
template <class L, class T>
void conv_lanes_points(const LanesLayer<T>& layer, const T* x, int32_t in_c, int32_t pixels,
                       T* chunk, T* y) {
  const T* const row[] = {chunk};
  for (int32_t left = pixels; left > 0;) {
    const int32_t count = lanes_chunk(left);
    lanes_copy<L>(chunk, x, count * in_c);
    lanes_pixels<L>(layer, row, in_c, count, y);
    x += count * in_c;
    y += count * layer.channels;
    left -= count;
  }
}

// Numbers in one row of an image with its padding, all columns that windows cover.
template <class P>
uint32_t conv_lanes_row(const P& p) {
  const uint32_t reach = extent(p.kernel_w - 1, p.dilation_w) + 1;
  const uint32_t columns = extent(p.out_w - 1, p.stride_w);
  if (reach > 1u << 24 || columns > 1u << 24) return UINT32_MAX;
  return extent(static_cast<int32_t>(columns + reach), p.in_c);
}

// Copies row iy of an image with its padding; to: [conv_lanes_row].
template <class L, class T, class P>
void conv_lanes_pad(const P& p, const T* image, int32_t iy, int32_t zero, T* to) {
  const int32_t columns = (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w + 1;
  if (iy < 0 || iy >= p.in_h) return lanes_fill<L>(to, zero, columns * p.in_c);
  const int32_t left = p.pad_left < columns ? p.pad_left : columns;
  const int32_t room = columns - left;
  const int32_t middle = p.in_w < room ? p.in_w : room;
  lanes_fill<L>(to, zero, left * p.in_c);
  to += left * p.in_c;
  lanes_copy<L>(to, image + iy * p.in_w * p.in_c, middle * p.in_c);
  lanes_fill<L>(to + middle * p.in_c, zero, (room - middle) * p.in_c);
}

// Calls make_row(rows, y) for every output row: rows[ky] is padded input row ky under it. zero:
// what x is outside its image; scratch: room for kernel_h padded rows and lanes_slack.
template <class L, class T, class P, class Row>
MOTE_INLINE void conv_lanes_over_rows(const P& p, int32_t zero, const T* x, T* scratch, T* y,
                                      const Row& make_row) {
  const T* rows[lanes_rows_max];
  const auto row_size = static_cast<int32_t>(conv_lanes_row(p));
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) rows[ky] = scratch + ky * row_size;
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
        conv_lanes_pad<L>(p, x, oy * p.stride_h + ky * p.dilation_h - p.pad_top, zero,
                          scratch + ky * row_size);
      }
      make_row(rows, y);
      y += p.out_w * p.out_c;
    }
    x += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote

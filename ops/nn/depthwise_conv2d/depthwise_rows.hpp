// Depthwise convolution row by row: input rows go through a ring in scratch, copied with their
// padding, so that what computes an output row sees no edges.
#pragma once

#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"

namespace mote {

// Columns that the output row's windows cover.
template <class P>
constexpr int32_t depthwise_padded_w(const P& p) {
  return (p.out_w - 1) * p.stride_w + p.kernel_w;
}

// Copies input row iy of the image with its padding. copy(to, from, bytes), fill(to, value, bytes).
template <class P, class Copy, class Fill>
void depthwise_pad_row(const P& p, const int8_t* image, int32_t iy, int8_t* to, const Copy& copy,
                       const Fill& fill) {
  const int32_t padded_w = depthwise_padded_w(p);
  if (iy < 0 || iy >= p.in_h) {
    fill(to, p.input_zero, padded_w * p.in_c);
    return;
  }
  const int32_t left = p.pad_left < padded_w ? p.pad_left : padded_w;
  const int32_t room = padded_w - left;
  const int32_t middle = p.in_w < room ? p.in_w : room;
  fill(to, p.input_zero, left * p.in_c);
  to += left * p.in_c;
  copy(to, image + iy * p.in_w * p.in_c, middle * p.in_c);
  to += middle * p.in_c;
  fill(to, p.input_zero, (room - middle) * p.in_c);
}

// Calls make_row(rows, y) for every output row of every image: rows[ky] is int8 [padded_w, in_c], y
// int8 [out_w, in_c]. ring: int8 [kernel_h, padded_w, in_c].
template <class P, class Copy, class Fill, class Row>
MOTE_INLINE void depthwise_over_rows(const P& p, const int8_t* x, int8_t* y, int8_t* ring,
                                     const Copy& copy, const Fill& fill, const Row& make_row) {
  const int32_t row_size = depthwise_padded_w(p) * p.in_c;
  const int8_t* rows[conv_s8_rows_max];
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    int32_t next = 0;  // padded row to be copied next; row r lies in slot r % kernel_h
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      const int32_t first = oy * p.stride_h;
      if (next < first) next = first;
      for (; next < first + p.kernel_h; ++next) {
        depthwise_pad_row(p, x, next - p.pad_top, ring + next % p.kernel_h * row_size, copy, fill);
      }
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
        rows[ky] = ring + (first + ky) % p.kernel_h * row_size;
      }
      make_row(rows, y);
      y += p.out_w * p.in_c;
    }
    x += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote

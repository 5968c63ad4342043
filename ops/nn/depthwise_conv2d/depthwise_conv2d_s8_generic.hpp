// Depthwise convolution for 32-bit cores without SIMD, one output channel per input channel: input
// rows are copied into scratch with their padding, so that the row kernel has no edges.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  weights: int8 [kernel_h, kernel_w, in_c]
//   2  channels: GenericChannel [in_c]
//   3  y: int8 [batches, out_h, out_w, in_c]
//   4  scratch: a ring of kernel_h padded rows, int8 [kernel_h, padded_w, in_c]
#pragma once

#include <cstring>

#include "core/dot_generic.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"

namespace mote {

// Columns that the output row's windows cover.
template <class P>
int32_t depthwise_padded_w(const P& p) {
  return (p.out_w - 1) * p.stride_w + p.kernel_w;
}

inline Status depthwise_conv2d_generic_check(const DepthwiseConv2dParams& p,
                                             const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  if (p.depth != 1 || p.dilation_h != 1 || p.dilation_w != 1) return Status::bad_params;
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(p.kernel_h, p.kernel_w, p.in_c) <= bytes[1] &&
                    extent(p.in_c, static_cast<int32_t>(sizeof(GenericChannel))) <= bytes[2] &&
                    extent(p.batches, p.out_h, p.out_w, p.in_c) <= bytes[3] &&
                    extent(p.kernel_h, depthwise_padded_w(p), p.in_c) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}

// One output row from kernel_h padded rows.
template <class P>
void depthwise_conv2d_row_s8_generic(const P& p, const int8_t* const* rows, const int8_t* weights,
                                     const GenericChannel* channels, int8_t* y) {
  const ClampRange range{p.activation_min, p.activation_max};
  for (int32_t ox = 0; ox < p.out_w; ++ox) {
    const int32_t first = ox * p.stride_w * p.in_c;
    for (int32_t c = 0; c < p.in_c; ++c) {
      const int8_t* w = weights + c;
      int32_t sum = channels[c].bias;
#pragma GCC unroll 4
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
        const int8_t* x = rows[ky] + first + c;
#pragma GCC unroll 4
        for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
          sum += *w * *x;
          w += p.in_c;
          x += p.in_c;
        }
      }
      *y++ = requantise_right(sum, channels[c], range);
    }
  }
}

// Copies input row iy of the image with its padding.
template <class P>
void depthwise_pad_row(const P& p, const int8_t* image, int32_t iy, int8_t* to) {
  const int32_t padded_w = depthwise_padded_w(p);
  if (iy < 0 || iy >= p.in_h) {
    std::memset(to, p.input_zero, static_cast<size_t>(padded_w * p.in_c));
    return;
  }
  const int32_t left = p.pad_left < padded_w ? p.pad_left : padded_w;
  const int32_t room = padded_w - left;
  const int32_t middle = p.in_w < room ? p.in_w : room;
  std::memset(to, p.input_zero, static_cast<size_t>(left * p.in_c));
  to += left * p.in_c;
  std::memcpy(to, image + iy * p.in_w * p.in_c, static_cast<size_t>(middle * p.in_c));
  to += middle * p.in_c;
  std::memset(to, p.input_zero, static_cast<size_t>((room - middle) * p.in_c));
}

template <class P>
void depthwise_conv2d_s8_generic(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* const weights = static_cast<const int8_t*>(operands[1]);
  const auto* const channels = static_cast<const GenericChannel*>(operands[2]);
  auto* y = static_cast<int8_t*>(operands[3]);
  auto* const ring = static_cast<int8_t*>(operands[4]);
  const int32_t row_size = depthwise_padded_w(p) * p.in_c;
  const int8_t* rows[depthwise_conv2d_rows_max];
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    int32_t next = 0;  // padded row to be copied next; row r lies in slot r % kernel_h
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      const int32_t first = oy * p.stride_h;
      if (next < first) next = first;
      for (; next < first + p.kernel_h; ++next) {
        depthwise_pad_row(p, x, next - p.pad_top, ring + next % p.kernel_h * row_size);
      }
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
        rows[ky] = ring + (first + ky) % p.kernel_h * row_size;
      }
      depthwise_conv2d_row_s8_generic(p, rows, weights, channels, y);
      y += p.out_w * p.in_c;
    }
    x += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote

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
#include "ops/nn/depthwise_conv2d/depthwise_rows.hpp"

namespace mote {

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
      *y++ = static_cast<int8_t>(requantise_right(sum, channels[c], range));
    }
  }
}

template <class P>
void depthwise_conv2d_s8_generic(const P& p, void* const* operands) {
  const auto* const weights = static_cast<const int8_t*>(operands[1]);
  const auto* const channels = static_cast<const GenericChannel*>(operands[2]);
  depthwise_over_rows(
      p, static_cast<const int8_t*>(operands[0]), static_cast<int8_t*>(operands[3]),
      static_cast<int8_t*>(operands[4]),
      [](int8_t* to, const int8_t* from, int32_t bytes) {
        std::memcpy(to, from, static_cast<size_t>(bytes));
      },
      [](int8_t* to, int32_t value, int32_t bytes) {
        std::memset(to, value, static_cast<size_t>(bytes));
      },
      [&](const int8_t* const* rows, int8_t* y) {
        depthwise_conv2d_row_s8_generic(p, rows, weights, channels, y);
      });
}

}  // namespace mote

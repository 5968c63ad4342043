// Portable depthwise convolution kernel: one output value at a time, one output row per call of the
// row kernel.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"

namespace mote {

// One output row from kernel_h input rows. rows[ky]: int8 [in_w, in_c], nullptr for a row of
// padding; y: int8 [out_w, in_c * depth].
template <class P>
void depthwise_conv2d_row_s8_reference(const P& p, const int8_t* const* rows,
                                       const ConvS8Constants& k, int8_t* y) {
  const int32_t out_c = p.in_c * p.depth;
  for (int32_t ox = 0; ox < p.out_w; ++ox) {
    for (int32_t o = 0; o < out_c; ++o) {
      const int32_t c = o / p.depth;
      const int8_t* w = k.weights + o;
      int32_t sum = k.bias[o];
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
        for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
          const int32_t ix = ox * p.stride_w + kx * p.dilation_w - p.pad_left;
          const bool inside = rows[ky] != nullptr && ix >= 0 && ix < p.in_w;
          const int32_t x = inside ? rows[ky][ix * p.in_c + c] : p.input_zero;
          sum += *w * x;
          w += out_c;
        }
      }
      const int32_t scaled = multiply_by_quantized_multiplier(sum, k.multiplier[o], k.shift[o]);
      *y++ = static_cast<int8_t>(clamp(scaled + p.output_zero, p.activation_min, p.activation_max));
    }
  }
}

template <class P>
void depthwise_conv2d_s8_reference(const P& p, void* const* operands) {
  conv_s8_over_rows(p, operands, p.out_w * p.in_c * p.depth,
                    [&p](const int8_t* const* rows, const ConvS8Constants& k, int8_t* y) {
                      depthwise_conv2d_row_s8_reference(p, rows, k, y);
                    });
}

}  // namespace mote

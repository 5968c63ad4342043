// Convolutions of int8 with one output channel per filter: the params and ranges that conv2d and
// depthwise_conv2d share.
#pragma once

#include "core/kernel.hpp"

namespace mote {

// Most kernel rows that one convolution may have: their pointers are kept on the stack.
constexpr int32_t conv_s8_rows_max = 64;

// CHANNELS: what says how many output channels there are.
#define MOTE_CONV_S8_PARAMS(F, CHANNELS)                         \
  F(int32_t, batches)        /* images, >= 1 */                  \
  F(int32_t, in_h)           /* >= 1 */                          \
  F(int32_t, in_w)           /* >= 1 */                          \
  F(int32_t, in_c)           /* channels, >= 1 */                \
  F(int32_t, out_h)          /* >= 1 */                          \
  F(int32_t, out_w)          /* >= 1 */                          \
  F(int32_t, CHANNELS)       /* >= 1 */                          \
  F(int32_t, kernel_h)       /* [1, conv_s8_rows_max] */         \
  F(int32_t, kernel_w)       /* >= 1 */                          \
  F(int32_t, stride_h)       /* >= 1 */                          \
  F(int32_t, stride_w)       /* >= 1 */                          \
  F(int32_t, dilation_h)     /* >= 1 */                          \
  F(int32_t, dilation_w)     /* >= 1 */                          \
  F(int32_t, pad_top)        /* rows of padding above, >= 0 */   \
  F(int32_t, pad_left)       /* columns of padding left, >= 0 */ \
  F(int32_t, input_zero)     /* zero point of x, [-128, 127] */  \
  F(int32_t, output_zero)    /* zero point of y, [-128, 127] */  \
  F(int32_t, activation_min) /* clamp, [-128, 127] */            \
  F(int32_t, activation_max) /* clamp, [activation_min, 127] */

// All bits of the values, each made one less: a value outside [1, 2^n] sets bit n or one above it.
inline uint32_t bits_less_one(int32_t value) {
  return static_cast<uint32_t>(value) - 1;
}
template <class... More>
uint32_t bits_less_one(int32_t value, More... more) {
  return bits_less_one(value) | bits_less_one(more...);
}

// Ranges that keep every index computation of every variant within int32_t. channels: the value of
// CHANNELS.
template <class P>
Status conv_s8_check_shape(const P& p, int32_t channels) {
  constexpr int32_t limit = 1 << 15;
  const uint32_t bits =
      bits_less_one(p.batches, p.in_h, p.in_w, p.in_c, p.out_h, p.out_w, channels, p.kernel_h,
                    p.kernel_w, p.stride_h, p.stride_w, p.dilation_h, p.dilation_w);
  if (bits >= static_cast<uint32_t>(limit)) return Status::bad_params;
  const bool ok = p.pad_top >= 0 && p.pad_left >= 0 && p.pad_top <= limit && p.pad_left <= limit &&
                  p.kernel_h <= conv_s8_rows_max && extent(p.kernel_w, p.dilation_w) <= limit;
  return ok ? Status::ok : Status::bad_params;
}

// Constants of a convolution as the reference kernels read them.
struct ConvS8Constants {
  const int8_t* weights;
  const int32_t* bias;        // [out_c]
  const int32_t* multiplier;  // [out_c]
  const int32_t* shift;       // [out_c]
};

// Calls make_row(rows, constants, y) for every output row: rows[ky] is int8 [in_w, in_c], nullptr
// for a row of padding. operands: x, weights, bias', multiplier, shift, y; y_row: bytes of an
// output row.
template <class P, class Row>
void conv_s8_over_rows(const P& p, void* const* operands, int32_t y_row, const Row& make_row) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const ConvS8Constants constants{
      static_cast<const int8_t*>(operands[1]), static_cast<const int32_t*>(operands[2]),
      static_cast<const int32_t*>(operands[3]), static_cast<const int32_t*>(operands[4])};
  auto* y = static_cast<int8_t*>(operands[5]);
  const int8_t* rows[conv_s8_rows_max];
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
        const int32_t iy = oy * p.stride_h + ky * p.dilation_h - p.pad_top;
        rows[ky] = iy >= 0 && iy < p.in_h ? x + iy * p.in_w * p.in_c : nullptr;
      }
      make_row(rows, constants, y);
      y += y_row;
    }
    x += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote

// Depthwise convolution with windows of 3 x 3 for 32-bit cores without SIMD: three outputs of a row
// at a time, so that a weight is read once for three products and an input once for up to three.
// Input rows are copied into scratch with their padding.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  channels: Depthwise3x3Channel [in_c]
//   2  y: int8 [batches, out_h, out_w, in_c]
//   3  scratch: a ring of 3 padded rows, int8 [3, padded_w, in_c], and the columns that a last
//   three
//      outputs may read behind it
// y may overlap x: input rows are copied before outputs are written over them.
#pragma once

#include <cstring>

#include "core/dot_generic.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_rows.hpp"

namespace mote {

// One channel; multiplier and right shift as in core/dot_generic.hpp.
struct Depthwise3x3Channel {
  int8_t weights[9];  // [ky, kx]
  uint8_t shift;      // [1, 30]
  uint8_t unused[2];
  int32_t bias;
  int32_t multiplier;
};

constexpr int32_t depthwise_3x3_together = 3;

// Bytes of scratch.
template <class P>
uint32_t depthwise_3x3_scratch(const P& p) {
  const uint32_t ring = extent(3, depthwise_padded_w(p), p.in_c);
  const uint32_t behind = extent(depthwise_3x3_together - 1, p.stride_w, p.in_c);
  return ring > UINT32_MAX - behind ? UINT32_MAX : ring + behind;
}

inline Status depthwise_conv2d_3x3_check(const DepthwiseConv2dParams& p, const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const bool here = p.kernel_h == 3 && p.kernel_w == 3 && p.depth == 1 && p.dilation_h == 1 &&
                    p.dilation_w == 1 && (p.stride_w == 1 || p.stride_w == 2);
  if (!here) return Status::bad_params;
  constexpr auto channel_bytes = static_cast<int32_t>(sizeof(Depthwise3x3Channel));
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(p.in_c, channel_bytes) <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.in_c) <= bytes[2] &&
                    depthwise_3x3_scratch(p) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

struct Depthwise3x3Row {
  const int8_t* rows[3];  // int8 [padded_w, in_c]
  const Depthwise3x3Channel* channels;
  int32_t in_c;
  int32_t out_w;
  uint32_t zero;  // 2 * output_zero + 1
  ClampRange range;
};

// One row of a window's taps into three sums. x: the first column; columns are `step` bytes apart.
template <int stride>
MOTE_INLINE void depthwise_3x3_taps(const int8_t* x, int32_t step, const int8_t* weights,
                                    int32_t (&sums)[depthwise_3x3_together]) {
  const int32_t w[] = {weights[0], weights[1], weights[2]};
  constexpr int columns = (depthwise_3x3_together - 1) * stride + 3;
#pragma GCC unroll 8
  for (int column = 0; column < columns; ++column, x += step) {
    const int32_t tap = *x;
#pragma GCC unroll 4
    for (int i = 0; i < depthwise_3x3_together; ++i) {
      const int kx = column - i * stride;
      if (kx >= 0 && kx < 3) sums[i] += tap * w[kx];
    }
  }
}

// One output row.
template <int stride>
__attribute__((noinline)) void depthwise_3x3_row(const Depthwise3x3Row& row, int8_t* y) {
  const int32_t step = row.in_c;
  int32_t at = 0;
  for (int32_t left = row.out_w; left > 0; left -= depthwise_3x3_together) {
    const Depthwise3x3Channel* channel = row.channels;
    for (const int8_t* const end = y + step; y != end; ++y, ++at, ++channel) {
      int32_t sums[] = {channel->bias, channel->bias, channel->bias};
#pragma GCC unroll 3
      for (int ky = 0; ky < 3; ++ky) {
        depthwise_3x3_taps<stride>(row.rows[ky] + at, step, channel->weights + 3 * ky, sums);
        // Or the compiler loads all rows ahead and spills what it has loaded.
        asm volatile("" : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]) : : "memory");
      }
      const uint32_t shift = channel->shift & 31u;
      const GenericChannel scaling{0, channel->multiplier,
                                   static_cast<int32_t>(row.zero << ((shift - 1) & 31u)),
                                   static_cast<int32_t>(shift)};
      const auto output = [&](int32_t sum) {
        return static_cast<int8_t>(requantise_right(sum, scaling, row.range));
      };
      y[0] = output(sums[0]);
      if (left > 1) y[step] = output(sums[1]);
      if (left > 2) y[2 * step] = output(sums[2]);
    }
    y += (depthwise_3x3_together - 1) * step;
    at += (depthwise_3x3_together * stride - 1) * step;
  }
}

// All rows; one copy of the code serves all layers.
__attribute__((noinline, cold)) inline void depthwise_3x3_run(
    const DepthwiseConv2dParams& p, void* const* operands,
    void (*make_row)(const Depthwise3x3Row&, int8_t*)) {
  Depthwise3x3Row row{{},
                      static_cast<const Depthwise3x3Channel*>(operands[1]),
                      p.in_c,
                      p.out_w,
                      static_cast<uint32_t>(2 * p.output_zero + 1),
                      {p.activation_min, p.activation_max}};
  depthwise_over_rows(
      p, static_cast<const int8_t*>(operands[0]), static_cast<int8_t*>(operands[2]),
      static_cast<int8_t*>(operands[3]),
      [](int8_t* to, const int8_t* from, int32_t bytes) {
        std::memcpy(to, from, static_cast<size_t>(bytes));
      },
      [](int8_t* to, int32_t value, int32_t bytes) {
        std::memset(to, value, static_cast<size_t>(bytes));
      },
      [&](const int8_t* const* rows, int8_t* y) {
        for (int ky = 0; ky < 3; ++ky) row.rows[ky] = rows[ky];
        make_row(row, y);
      });
}

// For the virtual machine.
inline void depthwise_conv2d_s8_generic_3x3(const DepthwiseConv2dParams& p, void* const* operands) {
  depthwise_3x3_run(p, operands, p.stride_w == 1 ? depthwise_3x3_row<1> : depthwise_3x3_row<2>);
}

// For emitted source, whose params are constants of P: they become a table.
template <class P>
void depthwise_conv2d_s8_generic_3x3(const P&, void* const* operands) {
  static constexpr DepthwiseConv2dParams params{
      P::batches,    P::in_h,        P::in_w,           P::in_c,          P::out_h,
      P::out_w,      P::depth,       P::kernel_h,       P::kernel_w,      P::stride_h,
      P::stride_w,   P::dilation_h,  P::dilation_w,     P::pad_top,       P::pad_left,
      P::input_zero, P::output_zero, P::activation_min, P::activation_max};
  depthwise_3x3_run(params, operands,
                    P::stride_w == 1 ? depthwise_3x3_row<1> : depthwise_3x3_row<2>);
}

}  // namespace mote

// Depthwise convolution for cores with the vector extension, one output channel per input channel,
// sixteen of them at a time. Input rows are copied into scratch with their padding.
//
// Products of int8 fit into int16, and so does the sum of two: taps are multiplied in pairs before
// they are widened. VMULLB and VMULLT take even and odd lanes, VMOVLB and VMOVLT again, so the four
// vectors of sums hold channels 0 4 8 12, 2 6 10 14, 1 5 9 13 and 3 7 11 15 of the sixteen; the
// narrowing moves put them back.
//
// Packed weights, per sixteen channels, in words: weights int8 [taps, 16] (64 bytes for four taps),
// then for each of the four vectors its 4 x bias', 4 x m, 4 x addend, 4 x -s of core/mve_dot.hpp.
// Channels that aren't there are 0.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights
//   2  y: int8 [batches, out_h, out_w, in_c]
//   3  scratch: a ring of kernel_h padded rows, int8 [kernel_h, padded_w, in_c]
// y may overlap x: the rows under a window are copied before its outputs are written.
#pragma once

#include "core/mve.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_rows.hpp"

namespace mote {

constexpr int32_t depthwise_mve_lanes = 16;

// Words of packed weights for sixteen channels.
constexpr int32_t depthwise_mve_words(int32_t taps) {
  return taps * 4 + 64;
}

inline Status depthwise_conv2d_mve_check(const DepthwiseConv2dParams& p, const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  if (p.depth != 1 || p.dilation_h != 1 || p.dilation_w != 1) return Status::bad_params;
  const uint32_t taps = extent(p.kernel_h, p.kernel_w);
  const int32_t blocks = (p.in_c + depthwise_mve_lanes - 1) / depthwise_mve_lanes;
  const bool fits =
      extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
      extent(blocks, depthwise_mve_words(static_cast<int32_t>(taps)), 4) <= bytes[1] &&
      extent(p.batches, p.out_h, p.out_w, p.in_c) <= bytes[2] &&
      extent(p.kernel_h, depthwise_padded_w(p), p.in_c) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// Sums of sixteen channels, in the order of the vectors.
struct DepthwiseMveSums {
  MveI32 sums[4];

  MOTE_INLINE void add(MveI16 even, MveI16 odd) {
    sums[0] = mve_add(sums[0], mve_widen_even(even));
    sums[1] = mve_add(sums[1], mve_widen_odd(even));
    sums[2] = mve_add(sums[2], mve_widen_even(odd));
    sums[3] = mve_add(sums[3], mve_widen_odd(odd));
  }
};

// Sixteen channels, or the first `lanes` of them, of one output. rows: where the window's rows
// start; constants: what follows the weights.
template <bool whole, bool sign, class P>
MOTE_INLINE MveI8 depthwise_mve_output(const P& p, const int8_t* const* rows, const int8_t* weights,
                                       int32_t lanes) {
  const auto load = [lanes](const int8_t* from) {
    return whole ? mve_load(from) : mve_load_part(from, lanes);
  };
  const int32_t taps = p.kernel_h * p.kernel_w;
  const auto* constants = reinterpret_cast<const int32_t*>(weights + taps * depthwise_mve_lanes);
  DepthwiseMveSums all;
  for (int32_t i = 0; i < 4; ++i) all.sums[i] = mve_load(constants + 16 * i);
  int32_t ky = 0, kx = 0;
  const auto next = [&] {
    const int8_t* const at = rows[ky] + kx * p.in_c;
    if (++kx == p.kernel_w) {
      kx = 0;
      ++ky;
    }
    return load(at);
  };
#pragma GCC unroll 4
  for (int32_t tap = 0; tap + 1 < taps; tap += 2) {
    const MveI8 x0 = next(), w0 = mve_load(weights);
    const MveI8 x1 = next(), w1 = mve_load(weights + depthwise_mve_lanes);
    all.add(mve_add(mve_multiply_even(x0, w0), mve_multiply_even(x1, w1)),
            mve_add(mve_multiply_odd(x0, w0), mve_multiply_odd(x1, w1)));
    weights += 2 * depthwise_mve_lanes;
  }
  if (taps % 2 == 1) {
    const MveI8 x0 = next(), w0 = mve_load(weights);
    all.add(mve_multiply_even(x0, w0), mve_multiply_odd(x0, w0));
  }
  for (int32_t i = 0; i < 4; ++i) {
    const int32_t* const own = constants + 16 * i;
    all.sums[i] = mve_requantise<sign>(all.sums[i],
                                       {mve_load(own + 4), mve_load(own + 8), mve_load(own + 12)});
  }
  return mve_narrow(mve_narrow(all.sums[0], all.sums[1]), mve_narrow(all.sums[2], all.sums[3]));
}

// One output row of the channels from c on. rows: padded rows, int8 [padded_w, in_c].
template <bool whole, bool sign, class P>
void depthwise_mve_row(const P& p, const int8_t* const* rows, const int8_t* weights, int32_t c,
                       int8_t* y) {
  const MveI8 low = mve_all_i8(p.activation_min), high = mve_all_i8(p.activation_max);
  const int32_t lanes = p.in_c - c;
  const int8_t* window[depthwise_conv2d_rows_max];
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) window[ky] = rows[ky] + c;
  for (int32_t ox = 0; ox < p.out_w; ++ox) {
    const MveI8 output = depthwise_mve_output<whole, sign>(p, window, weights, lanes);
    if (whole) {
      mve_store(y + c, mve_clamp(output, low, high));
    } else {
      mve_store_part(y + c, mve_clamp(output, low, high), lanes);
    }
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) window[ky] += p.stride_w * p.in_c;
    y += p.in_c;
  }
}

template <bool sign, class P>
void depthwise_mve_rows(const P& p, const int8_t* const* rows, const int8_t* weights, int8_t* y) {
  int32_t c = 0;
  for (; c + depthwise_mve_lanes <= p.in_c; c += depthwise_mve_lanes) {
    depthwise_mve_row<true, sign>(p, rows, weights, c, y);
    weights += 4 * depthwise_mve_words(p.kernel_h * p.kernel_w);
  }
  if (c < p.in_c) depthwise_mve_row<false, sign>(p, rows, weights, c, y);
}

template <class P>
void depthwise_conv2d_s8_mve(const P& p, void* const* operands) {
  const auto* const weights = static_cast<const int8_t*>(operands[1]);
  depthwise_over_rows(p, static_cast<const int8_t*>(operands[0]), static_cast<int8_t*>(operands[2]),
                      static_cast<int8_t*>(operands[3]), mve_copy, mve_fill,
                      [&](const int8_t* const* rows, int8_t* y) {
                        if (p.output_zero > p.activation_min) {
                          depthwise_mve_rows<true>(p, rows, weights, y);
                        } else {
                          depthwise_mve_rows<false>(p, rows, weights, y);
                        }
                      });
}

}  // namespace mote

// Convolution on 64-bit CPUs; see ops/shared/conv/conv_lanes.hpp.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights, bias and requantisation of core/lanes_dot.hpp; a run: a row of the window
//   2  y: int8 [batches, out_h, out_w, out_c]
//   3  scratch: conv2d_lanes_scratch bytes
#pragma once

#include "ops/nn/conv2d/conv2d.hpp"
#include "ops/shared/conv/conv_lanes.hpp"

namespace mote {

template <class P>
uint32_t conv2d_lanes_scratch(const P& p) {
  if (conv2d_pixelwise(p)) {
    return extent(lanes_chunk_pixels, p.in_c) + static_cast<uint32_t>(lanes_slack);
  }
  const uint32_t row = conv_lanes_row(p);
  if (row > 1u << 24) return UINT32_MAX;
  return extent(p.kernel_h, static_cast<int32_t>(row)) + static_cast<uint32_t>(lanes_slack);
}

// Fours of taps in a row of the window.
template <class P>
constexpr int32_t conv2d_lanes_run(const P& p) {
  return (p.kernel_w * p.in_c + 3) / 4;
}

inline Status conv2d_lanes_check(const Conv2dParams& p, const uint32_t* bytes) {
  const Status shape = conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const uint32_t taps = extent(p.kernel_h, p.kernel_w, p.in_c);
  if (taps > 1u << 24 || p.dilation_w != 1) return Status::bad_params;
  const int32_t groups = (p.out_c + lanes_group - 1) / lanes_group;
  const int32_t words = lanes_group_words(p.kernel_h * conv2d_lanes_run(p));
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(groups, words, 4) <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.out_c) <= bytes[2] &&
                    conv2d_lanes_scratch(p) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

template <class L, class P>
void conv2d_lanes(const P& p, void* const* operands) {
  const int32_t run = conv2d_lanes_run(p);
  const LanesLayer<int8_t> layer{static_cast<const int32_t*>(operands[1]),
                                 lanes_group_words(p.kernel_h * run),
                                 p.kernel_h,
                                 run,
                                 p.out_c,
                                 static_cast<int8_t>(p.activation_min),
                                 static_cast<int8_t>(p.activation_max)};
  const auto* const x = static_cast<const int8_t*>(operands[0]);
  auto* const y = static_cast<int8_t*>(operands[2]);
  auto* const scratch = static_cast<int8_t*>(operands[3]);
  if (conv2d_pixelwise(p)) {
    conv_lanes_points<L>(layer, x, p.in_c, p.batches * p.out_h * p.out_w, scratch, y);
  } else {
    conv_lanes_over_rows<L>(p, p.input_zero, x, scratch, y,
                            [&](const int8_t* const* rows, int8_t* to) {
                              lanes_pixels<L>(layer, rows, p.stride_w * p.in_c, p.out_w, to);
                            });
  }
}

}  // namespace mote

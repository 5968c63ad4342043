// Depthwise 3 x 3 convolution for cores with the vector extension, one output channel per input
// channel, sixteen of them at a time; see core/mve_depthwise.hpp. Input rows are copied into
// scratch with their padding. Where a stride of 1 brings several outputs of few channels side by
// side, their channels fill the sixteen lanes together.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed weights
//   2  y: int8 [batches, out_h, out_w, in_c]
//   3  scratch: a ring of three padded rows, int8 [3, padded_w, in_c], and sixteen bytes more
// y may overlap x: the rows under a window are copied before its outputs are written.
#pragma once

#include "core/mve_depthwise.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_rows.hpp"

namespace mote {

// Outputs whose channels share a vector.
constexpr int32_t depthwise_mve_together(int32_t in_c, int32_t stride_w) {
  const bool fits = in_c < depthwise_mve_lanes && depthwise_mve_lanes % in_c == 0;
  return stride_w == 1 && fits ? depthwise_mve_lanes / in_c : 1;
}

inline Status depthwise_conv2d_mve_check(const DepthwiseConv2dParams& p, const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const bool supported =
      p.kernel_h == 3 && p.kernel_w == 3 && p.depth == 1 && p.dilation_h == 1 && p.dilation_w == 1;
  if (!supported) return Status::bad_params;
  const int32_t blocks = (p.in_c + depthwise_mve_lanes - 1) / depthwise_mve_lanes;
  const uint32_t ring = extent(3, depthwise_padded_w(p), p.in_c);
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(blocks, depthwise_mve_words(9), 4) <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.in_c) <= bytes[2] &&
                    bytes[3] >= depthwise_mve_lanes && ring <= bytes[3] - depthwise_mve_lanes;
  return fits ? Status::ok : Status::out_of_bounds;
}

// What the loops need of a layer; one copy of their code serves all layers.
struct DepthwiseMveLayer {
  const int8_t* packed;
  int32_t in_c, out_w, stride_w;
  int32_t min, max;
  bool sign;
};

// One output row. rows: padded rows, int8 [padded_w, in_c].
__attribute__((noinline)) inline void depthwise_mve_row(const DepthwiseMveLayer& layer,
                                                        const int8_t* const* rows, int8_t* y) {
  const auto run = layer.sign ? mve_depthwise_3x3<true> : mve_depthwise_3x3<false>;
  const int32_t together = depthwise_mve_together(layer.in_c, layer.stride_w);
  const int32_t step = layer.stride_w * layer.in_c * together;
  MveDepthwise part{{rows[0], rows[1], rows[2]},
                    layer.in_c,
                    step - 2 * layer.in_c,
                    layer.packed,
                    y,
                    layer.in_c * together,
                    layer.out_w / together,
                    depthwise_mve_lanes,
                    layer.min,
                    layer.max};
  if (together > 1) {
    if (part.outputs > 0) run(&part);
    const int32_t left = layer.out_w % together;
    if (left == 0) return;
    for (const int8_t*& row : part.rows) row += part.outputs * step;
    part.y += part.outputs * part.y_step;
    part.outputs = 1;
    part.lanes = left * layer.in_c;
    run(&part);
    return;
  }
  for (int32_t channels = layer.in_c; channels > 0; channels -= depthwise_mve_lanes) {
    part.lanes = channels < depthwise_mve_lanes ? channels : depthwise_mve_lanes;
    run(&part);
    for (const int8_t*& row : part.rows) row += depthwise_mve_lanes;
    part.packed += 4 * depthwise_mve_words(9);
    part.y += depthwise_mve_lanes;
  }
}

template <class P>
void depthwise_conv2d_s8_mve(const P& p, void* const* operands) {
  const DepthwiseMveLayer layer{static_cast<const int8_t*>(operands[1]),
                                p.in_c,
                                p.out_w,
                                p.stride_w,
                                p.activation_min,
                                p.activation_max,
                                p.output_zero > p.activation_min};
  depthwise_over_rows(
      p, static_cast<const int8_t*>(operands[0]), static_cast<int8_t*>(operands[2]),
      static_cast<int8_t*>(operands[3]), mve_copy, mve_fill,
      [&](const int8_t* const* rows, int8_t* y) { depthwise_mve_row(layer, rows, y); });
}

}  // namespace mote

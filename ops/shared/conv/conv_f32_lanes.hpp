// Sums of products in float on 64-bit CPUs: channels side by side fill the lanes, so that each sum
// is made in the order of the reference kernel and has its bits. Padding counts as zeros, which
// changes no sum: it starts from +0 and never becomes -0; the host makes sure that weights are
// finite. For full windows (group_in == in_c) and depthwise ones (group_in == group_out == 1).
//
// Operands:
//   0  x: float [batches, in_h, in_w, in_c]
//   1  packed weights and bias of core/lanes_dot.hpp
//   2  y: float [batches, out_h, out_w, out_c]
//   3  scratch: conv_f32_lanes_scratch bytes
#pragma once

#include "ops/shared/conv/conv.hpp"
#include "ops/shared/conv/conv_lanes.hpp"

namespace mote {

template <class P>
constexpr bool conv_f32_depthwise(const P& p) {
  return p.group_in == 1 && p.group_out == 1 && p.in_c == p.out_c;
}

template <class P>
uint32_t conv_f32_lanes_scratch(const P& p) {
  const uint32_t row = conv_lanes_row(p);
  if (row > 1u << 24) return UINT32_MAX;
  return extent(p.kernel_h, static_cast<int32_t>(row) + lanes_slack, 4);
}

inline Status conv_f32_lanes_check(const ConvF32Params& p, const uint32_t* bytes) {
  const Status shape = conv_check_shape(p, 4, 4, bytes, bytes[2]);
  if (shape != Status::ok) return shape;
  const bool depthwise = conv_f32_depthwise(p);
  if (p.kernel_h > lanes_rows_max || (!depthwise && (p.group_in != p.in_c || p.dilation_w != 1))) {
    return Status::bad_params;
  }
  const uint32_t taps = extent(p.kernel_h, p.kernel_w, p.group_in);
  if (taps > 1u << 24) return Status::bad_params;
  const int32_t groups = (p.out_c - 1) / lanes_group + 1;
  const bool fits =
      extent(groups, lanes_float_group_words(static_cast<int32_t>(taps)), 4) <= bytes[1] &&
      conv_f32_lanes_scratch(p) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// All channels of one pixel of a depthwise window. rows: padded; at: where the window starts in
// them.
template <class L, class P>
void conv_f32_lanes_channels(const P& p, const float* packed, const float* const* rows, int32_t at,
                             float* y) {
  for (int32_t c = 0; c < p.out_c; c += lanes_group) {
    const auto bias = L::load(packed);
    auto sum = L::all(0.0f);
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
      const float* x = rows[ky] + at + c;
      for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
        packed += lanes_group;
        sum = L::add_product(sum, L::load(x), L::load(packed));
        x += p.dilation_w * p.in_c;
      }
    }
    packed += lanes_group;
    L::store(y + c, L::clamp(L::add(sum, bias), p.activation_min, p.activation_max), p.out_c - c);
  }
}

template <class L, class P>
void conv_f32_lanes(const P& p, void* const* operands) {
  const int32_t run = p.kernel_w * p.in_c;
  const LanesLayer<float> layer{static_cast<const int32_t*>(operands[1]),
                                lanes_float_group_words(p.kernel_h * run),
                                p.kernel_h,
                                run,
                                p.out_c,
                                p.activation_min,
                                p.activation_max};
  const auto* const packed = static_cast<const float*>(operands[1]);
  const auto* const x = static_cast<const float*>(operands[0]);
  auto* const y = static_cast<float*>(operands[2]);
  auto* const scratch = static_cast<float*>(operands[3]);
  const int32_t step = p.stride_w * p.in_c;
  if (conv_f32_depthwise(p)) {
    conv_lanes_over_rows<L>(p, 0, x, scratch, y, [&](const float* const* rows, float* to) {
      for (int32_t ox = 0; ox < p.out_w; ++ox) {
        conv_f32_lanes_channels<L>(p, packed, rows, ox * step, to + ox * p.out_c);
      }
    });
  } else if (p.in_h * p.in_w == 1 && p.kernel_h * p.kernel_w == 1) {
    const float* const row[] = {x};  // a matrix: its rows are the pixels
    lanes_pixels<L>(layer, row, p.in_c, p.batches, y);
  } else {
    conv_lanes_over_rows<L>(p, 0, x, scratch, y, [&](const float* const* rows, float* to) {
      lanes_pixels<L>(layer, rows, step, p.out_w, to);
    });
  }
}

}  // namespace mote

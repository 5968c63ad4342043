// Convolution for 32-bit cores without SIMD: the patches of two output pixels at a time; see
// core/dot_generic.hpp.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  weights: int8 [out_c, kernel_h, kernel_w, in_c]
//   2  channels: GenericChannel [out_c]
//   3  y: int8 [batches, out_h, out_w, out_c]
//   4  scratch: two patches, int8 [2, kernel_h, kernel_w, in_c]
#pragma once

#include "core/dot_generic.hpp"
#include "ops/nn/conv2d/conv2d_patch.hpp"

namespace mote {

inline Status conv2d_generic_check(const Conv2dParams& p, const uint32_t* bytes) {
  const Status shape = conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(p.out_c, p.kernel_h, p.kernel_w, p.in_c) <= bytes[1] &&
                    extent(p.out_c, static_cast<int32_t>(sizeof(GenericChannel))) <= bytes[2] &&
                    extent(p.batches, p.out_h, p.out_w, p.out_c) <= bytes[3] &&
                    extent(p.kernel_h, p.kernel_w, p.in_c, 2) <= bytes[4];
  return fits ? Status::ok : Status::out_of_bounds;
}

template <class P>
void conv2d_s8_generic(const P& p, void* const* operands) {
  const auto* const weights = static_cast<const int8_t*>(operands[1]);
  const auto* const channels = static_cast<const GenericChannel*>(operands[2]);
  auto* y = static_cast<int8_t*>(operands[3]);
  auto* const patches = static_cast<int8_t*>(operands[4]);
  const int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  const ClampRange range{p.activation_min, p.activation_max};
  Conv2dCursor at{static_cast<const int8_t*>(operands[0])};
  for (int32_t left = p.batches * p.out_h * p.out_w; left > 0;) {
    const int32_t pixels = left >= 2 ? 2 : 1;
    for (int32_t i = 0; i < pixels; ++i) {
      conv2d_gather(p, at, patches + i * taps);
      at.advance(p);
    }
    // An odd last pixel goes with itself.
    const int32_t second = pixels - 1;
    dot_generic(patches, patches + second * taps, weights, taps, channels, p.out_c, range, y,
                y + second * p.out_c);
    y += pixels * p.out_c;
    left -= pixels;
  }
}

}  // namespace mote

// Input patches of convolution windows, pixel by pixel; shared by the variants that multiply whole
// patches.
#pragma once

#include <cstring>

#include "ops/nn/conv2d/conv2d.hpp"

namespace mote {

// Which output pixel comes next.
struct Conv2dCursor {
  const int8_t* image;  // int8 [in_h, in_w, in_c]
  int32_t oy = 0;
  int32_t ox = 0;

  template <class P>
  void advance(const P& p) {
    if (++ox < p.out_w) return;
    ox = 0;
    if (++oy < p.out_h) return;
    oy = 0;
    image += p.in_h * p.in_w * p.in_c;
  }
};

// Collects a patch, padding included: int8 [kernel_h, kernel_w, in_c].
template <class P>
void conv2d_gather(const P& p, const Conv2dCursor& at, int8_t* to) {
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int32_t iy = at.oy * p.stride_h + ky * p.dilation_h - p.pad_top;
    const int32_t ix_first = at.ox * p.stride_w - p.pad_left;
    const int8_t* const row = at.image + iy * p.in_w * p.in_c;
    const bool row_inside = iy >= 0 && iy < p.in_h;
    if (row_inside && p.dilation_w == 1 && ix_first >= 0 && ix_first + p.kernel_w <= p.in_w) {
      std::memcpy(to, row + ix_first * p.in_c, static_cast<size_t>(p.kernel_w * p.in_c));
      to += p.kernel_w * p.in_c;
      continue;
    }
    for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
      const int32_t ix = ix_first + kx * p.dilation_w;
      if (row_inside && ix >= 0 && ix < p.in_w) {
        std::memcpy(to, row + ix * p.in_c, static_cast<size_t>(p.in_c));
      } else {
        std::memset(to, p.input_zero, static_cast<size_t>(p.in_c));
      }
      to += p.in_c;
    }
  }
}

}  // namespace mote

// The windows of a layer's output pixels, one after the other.
#pragma once

#include <cstring>

#include "ops/shared/conv_palette/conv_palette.hpp"

namespace mote {

// Goes through the windows of all output pixels.
template <class P>
struct PaletteWindow {
  const P& p;
  const int8_t* image;
  int32_t oy, ox;

  void advance() {
    if (++ox < p.out_w) return;
    ox = 0;
    if (++oy < p.out_h) return;
    oy = 0;
    image += p.in_h * p.in_w * p.in_c;
  }

  // int8 [kernel_h, kernel_w, in_c], in `bytes` unless it is a pixel that lies in the image.
  const int8_t* patch(int8_t* bytes) const {
    const int32_t iy = oy * p.stride_h - p.pad_top, ix = ox * p.stride_w - p.pad_left;
    const bool inside = iy >= 0 && iy < p.in_h && ix >= 0 && ix < p.in_w;
    if (inside && p.kernel_h * p.kernel_w == 1) return image + (iy * p.in_w + ix) * p.in_c;
    copy(bytes);
    return bytes;
  }

  void copy(int8_t* to) const {
    const int32_t row_bytes = p.kernel_w * p.in_c;
    const int32_t ix = ox * p.stride_w - p.pad_left;
    // Columns that are copied at once: all of a row, or each by itself.
    const int32_t run = p.dilation_w == 1 ? p.kernel_w : 1;
    for (int32_t ky = 0; ky < p.kernel_h; ++ky, to += row_bytes) {
      const int32_t iy = oy * p.stride_h + ky * p.dilation_h - p.pad_top;
      const bool inside = iy >= 0 && iy < p.in_h;
      const bool whole = inside && run == p.kernel_w && ix >= 0 && ix + run <= p.in_w;
      if (whole) {
        std::memcpy(to, image + (iy * p.in_w + ix) * p.in_c, static_cast<size_t>(row_bytes));
        continue;
      }
      std::memset(to, p.input_zero, static_cast<size_t>(row_bytes));
      if (!inside) continue;
      for (int32_t kx = 0; kx < p.kernel_w; kx += run) {
        const int32_t begin = ix + kx * p.dilation_w, end = begin + run;
        const int32_t from = begin < 0 ? 0 : begin, until = end > p.in_w ? p.in_w : end;
        if (from >= until) continue;
        std::memcpy(to + (kx + from - begin) * p.in_c, image + (iy * p.in_w + from) * p.in_c,
                    static_cast<size_t>(until - from) * static_cast<size_t>(p.in_c));
      }
    }
  }
};

}  // namespace mote

// Portable padding.
#pragma once

#include "ops/nn/pad/pad.hpp"

namespace mote {

template <class P>
void pad_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  const auto inside = [](int32_t at, int32_t before, int32_t size) {
    return at >= before && at - before < size;
  };
  for (int32_t n = 0; n < p.out_n; ++n) {
    for (int32_t h = 0; h < p.out_h; ++h) {
      for (int32_t w = 0; w < p.out_w; ++w) {
        const bool pixel =
            inside(n, p.before_n, p.n) && inside(h, p.before_h, p.h) && inside(w, p.before_w, p.w);
        for (int32_t c = 0; c < p.out_c; ++c) {
          const bool value = pixel && inside(c, p.before_c, p.c);
          *y++ = value ? *x++ : static_cast<int8_t>(p.value);
        }
      }
    }
  }
}

}  // namespace mote

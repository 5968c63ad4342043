// Portable resizing.
#pragma once

#include "ops/nn/resize_nearest/resize_nearest.hpp"

namespace mote {

template <class P>
void resize_nearest_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]);
  const auto* row = static_cast<const int32_t*>(operands[1]);
  const auto* column = static_cast<const int32_t*>(operands[2]);
  auto* y = static_cast<uint8_t*>(operands[3]);
  for (int32_t n = 0; n < p.batches; ++n, x += p.in_h * p.in_w * p.pixel) {
    for (int32_t r = 0; r < p.out_h; ++r) {
      for (int32_t c = 0; c < p.out_w; ++c) {
        const bool inside = row[r] >= 0 && row[r] < p.in_h && column[c] >= 0 && column[c] < p.in_w;
        const uint8_t* from = x + (inside ? (row[r] * p.in_w + column[c]) * p.pixel : 0);
        for (int32_t i = 0; i < p.pixel; ++i) *y++ = inside ? from[i] : uint8_t{0};
      }
    }
  }
}

}  // namespace mote

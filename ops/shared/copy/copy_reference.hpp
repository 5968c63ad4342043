// Portable copy.
#pragma once

#include "ops/shared/copy/copy.hpp"

namespace mote {

template <class Word>
MOTE_INLINE void copy_row(const uint8_t* x, uint8_t* y, int32_t count, int32_t x_stride,
                          int32_t y_stride) {
  for (int32_t i = 0; i < count; ++i, x += x_stride, y += y_stride) {
    __builtin_memcpy(y, x, sizeof(Word));
  }
}

template <class P>
MOTE_INLINE void copy_runs(const P& p, const uint8_t* x, uint8_t* y) {
  if (p.run == 1) return copy_row<uint8_t>(x, y, p.n5, p.x_stride5, p.y_stride5);
  if (p.run == 2) return copy_row<uint16_t>(x, y, p.n5, p.x_stride5, p.y_stride5);
  if (p.run == 4) return copy_row<uint32_t>(x, y, p.n5, p.x_stride5, p.y_stride5);
  for (int32_t i = 0; i < p.n5; ++i, x += p.x_stride5, y += p.y_stride5) {
    for (int32_t k = 0; k < p.run; ++k) y[k] = x[k];
  }
}

template <class P>
void copy_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]) + p.x_base;
  auto* y = static_cast<uint8_t*>(operands[1]) + p.y_base;
  for (int32_t a = 0; a < p.n0; ++a) {
    for (int32_t b = 0; b < p.n1; ++b) {
      for (int32_t c = 0; c < p.n2; ++c) {
        const uint8_t* from = x + a * p.x_stride0 + b * p.x_stride1 + c * p.x_stride2;
        uint8_t* to = y + a * p.y_stride0 + b * p.y_stride1 + c * p.y_stride2;
        for (int32_t d = 0; d < p.n3; ++d) {
          for (int32_t e = 0; e < p.n4; ++e) {
            copy_runs(p, from + d * p.x_stride3 + e * p.x_stride4,
                      to + d * p.y_stride3 + e * p.y_stride4);
          }
        }
      }
    }
  }
}

}  // namespace mote

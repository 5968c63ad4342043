// Portable selection.
#pragma once

#include "ops/nn/select/select.hpp"

namespace mote {

template <class Word, class P>
MOTE_INLINE void select_words(const P& p, void* const* operands) {
  const auto* condition = static_cast<const uint8_t*>(operands[0]);
  const auto* a = static_cast<const Word*>(operands[1]);
  const auto* b = static_cast<const Word*>(operands[2]);
  auto* y = static_cast<Word*>(operands[3]);
  for (int32_t i = 0; i < p.n0; ++i) {
    for (int32_t j = 0; j < p.n1; ++j) {
      for (int32_t k = 0; k < p.n2; ++k) {
        for (int32_t l = 0; l < p.n3; ++l) {
          const uint8_t* which = condition + i * p.condition_stride0 + j * p.condition_stride1 +
                                 k * p.condition_stride2 + l * p.condition_stride3;
          const Word* left =
              a + i * p.a_stride0 + j * p.a_stride1 + k * p.a_stride2 + l * p.a_stride3;
          const Word* right =
              b + i * p.b_stride0 + j * p.b_stride1 + k * p.b_stride2 + l * p.b_stride3;
          for (int32_t m = 0; m < p.n4; ++m) {
            *y++ = which[m * p.condition_stride4] != 0 ? left[m * p.a_stride4]
                                                       : right[m * p.b_stride4];
          }
        }
      }
    }
  }
}

template <class P>
void select_reference(const P& p, void* const* operands) {
  if (p.width == 1) return select_words<uint8_t>(p, operands);
  if (p.width == 2) return select_words<uint16_t>(p, operands);
  if (p.width == 4) return select_words<uint32_t>(p, operands);
  select_words<uint64_t>(p, operands);
}

}  // namespace mote

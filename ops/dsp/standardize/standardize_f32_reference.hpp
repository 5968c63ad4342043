// Portable kernel.
#pragma once

#include "ops/dsp/standardize/standardize.hpp"

namespace mote {

template <class P>
void standardize_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* mean = static_cast<const float*>(operands[1]);
  const auto* inverse = static_cast<const float*>(operands[2]);
  auto* y = static_cast<float*>(operands[3]);
  for (int32_t r = 0; r < p.rows; ++r) {
    for (int32_t c = 0; c < p.columns; ++c) y[c] = (x[c] - mean[c]) * inverse[c];
    x += p.columns;
    y += p.columns;
  }
}

}  // namespace mote

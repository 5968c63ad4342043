// Portable kernel.
#pragma once

#include "ops/dsp/rfft/rfft.hpp"

namespace mote {

template <class P>
void rfft_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* sine = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  for (int32_t f = 0; f < p.frames; ++f) {
    for (int32_t i = 0; i < p.n; ++i) y[i] = x[i];
    signal::real_fft(y, p.n, sine);
    x += p.n;
    y += p.n + 2;
  }
}

}  // namespace mote

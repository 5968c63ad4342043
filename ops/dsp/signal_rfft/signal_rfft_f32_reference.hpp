// Portable transform of floats, in y's own memory.
#pragma once

#include "core/signal/fft.hpp"
#include "ops/dsp/signal_rfft/signal_rfft.hpp"

namespace mote {

template <class P>
void signal_rfft_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* sine = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  for (int32_t f = 0; f < p.frames; ++f, x += p.samples, y += p.length + 2) {
    for (int32_t i = 0; i < p.length; ++i) y[i] = i < p.samples ? x[i] : 0.0f;
    signal::real_fft(y, p.length, sine);
  }
}

}  // namespace mote

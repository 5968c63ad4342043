// Portable inverse transform of floats, in y's own memory.
#pragma once

#include "core/signal/fft.hpp"
#include "ops/dsp/signal_irfft/signal_irfft.hpp"

namespace mote {

template <class P>
void signal_irfft_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* sine = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  for (int32_t f = 0; f < p.frames; ++f, x += p.length + 2, y += p.length) {
    signal::real_inverse_fft(x, p.length, sine, y);
  }
}

}  // namespace mote

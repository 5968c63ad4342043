// Portable noise reduction.
#pragma once

#include "ops/dsp/signal_spectral_subtraction/signal_spectral_subtraction.hpp"

namespace mote {

template <class P>
void signal_spectral_subtraction_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint32_t*>(operands[0]);
  auto* noise = static_cast<uint32_t*>(operands[1]);
  auto* y = static_cast<uint32_t*>(operands[2]);
  auto* estimate = static_cast<uint32_t*>(operands[3]);
  const auto times = [](uint32_t a, int32_t b) { return uint64_t{a} * static_cast<uint32_t>(b); };
  for (int32_t c = 0; c < p.count; ++c) {
    const bool even = c % 2 == 0;
    const uint32_t signal = x[c] << p.smoothing_bits;
    const uint64_t mixed =
        times(signal, even ? p.smoothing : p.alternate_smoothing) +
        times(noise[c], even ? p.one_minus_smoothing : p.alternate_one_minus_smoothing);
    noise[c] = static_cast<uint32_t>(mixed >> p.spectral_subtraction_bits);
    uint32_t removed = noise[c];
    if (removed > signal) {
      removed = signal;
      if (p.clamping != 0) noise[c] = removed;
    }
    const auto least =
        static_cast<uint32_t>(times(x[c], p.min_signal_remaining) >> p.spectral_subtraction_bits);
    const uint32_t rest = (signal - removed) >> p.smoothing_bits;
    y[c] = rest > least ? rest : least;
    estimate[c] = noise[c];
  }
}

}  // namespace mote

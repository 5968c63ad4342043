// Portable transform.
#pragma once

#include "core/signal/complex16.hpp"
#include "ops/dsp/signal_rfft/signal_rfft.hpp"

namespace mote {

template <class P>
void signal_rfft_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  const auto* twiddles = static_cast<const Complex16*>(operands[1]);
  const auto* super = static_cast<const Complex16*>(operands[2]);
  auto* y = static_cast<Complex16*>(operands[3]);
  auto* samples = static_cast<int16_t*>(operands[4]);
  auto* spectrum = static_cast<Complex16*>(operands[4]) + p.length / 2;
  const int32_t half = p.length / 2;
  for (int32_t f = 0; f < p.frames; ++f, x += p.samples, y += half + 1) {
    for (int32_t i = 0; i < p.length; ++i) {
      samples[i] = i < p.samples ? x[i] : static_cast<int16_t>(0);
    }
    transform16<false>(static_cast<const Complex16*>(operands[4]), spectrum, twiddles, half);
    const Complex16 dc = complex_divide(spectrum[0], 2);
    y[0] = {static_cast<int16_t>(dc.r + dc.i), 0};
    y[half] = {static_cast<int16_t>(dc.r - dc.i), 0};
    for (int32_t k = 1; k <= half / 2; ++k) {
      const Complex16 a = complex_divide(spectrum[k], 2);
      const Complex16 mirrored = spectrum[half - k];
      const Complex16 b = complex_divide({mirrored.r, static_cast<int16_t>(-mirrored.i)}, 2);
      const Complex16 sum = complex_add(a, b);
      const Complex16 turned = complex_mul(complex_sub(a, b), super[k - 1]);
      y[k] = {static_cast<int16_t>((sum.r + turned.r) >> 1),
              static_cast<int16_t>((sum.i + turned.i) >> 1)};
      y[half - k] = {static_cast<int16_t>((sum.r - turned.r) >> 1),
                     static_cast<int16_t>((turned.i - sum.i) >> 1)};
    }
  }
}

}  // namespace mote

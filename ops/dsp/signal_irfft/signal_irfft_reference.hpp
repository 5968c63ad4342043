// Portable inverse transform.
#pragma once

#include "core/signal/complex16.hpp"
#include "ops/dsp/signal_irfft/signal_irfft.hpp"

namespace mote {

template <class P>
void signal_irfft_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const Complex16*>(operands[0]);
  const auto* twiddles = static_cast<const Complex16*>(operands[1]);
  const auto* super = static_cast<const Complex16*>(operands[2]);
  auto* y = static_cast<Complex16*>(operands[3]);  // samples 2 i and 2 i + 1
  auto* packed = static_cast<Complex16*>(operands[4]);
  const int32_t half = p.length / 2;
  for (int32_t f = 0; f < p.frames; ++f, x += half + 1, y += half) {
    packed[0] = complex_divide(
        {static_cast<int16_t>(x[0].r + x[half].r), static_cast<int16_t>(x[0].r - x[half].r)}, 2);
    for (int32_t k = 1; k <= half / 2; ++k) {
      const Complex16 a = complex_divide(x[k], 2);
      const Complex16 b = complex_divide({x[half - k].r, static_cast<int16_t>(-x[half - k].i)}, 2);
      const Complex16 even = complex_add(a, b);
      const Complex16 odd = complex_mul(complex_sub(a, b), super[k - 1]);
      packed[k] = complex_add(even, odd);
      const Complex16 mirrored = complex_sub(even, odd);
      packed[half - k] = {mirrored.r, static_cast<int16_t>(-mirrored.i)};
    }
    transform16<true>(packed, y, twiddles, half);
  }
}

}  // namespace mote

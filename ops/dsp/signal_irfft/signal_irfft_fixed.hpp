// Portable inverse transform in fixed point. T: int16_t or int32_t.
#pragma once

#include "core/signal/fixed_transform.hpp"
#include "ops/dsp/signal_irfft/signal_irfft.hpp"

namespace mote {

template <class T, class P>
void signal_irfft_fixed(const P& p, void* const* operands) {
  using Value = FixedComplex<T>;
  const auto* x = static_cast<const Value*>(operands[0]);
  const auto* twiddles = static_cast<const Value*>(operands[1]);
  const auto* super = static_cast<const Value*>(operands[2]);
  auto* y = static_cast<Value*>(operands[3]);  // samples 2 i and 2 i + 1
  auto* packed = static_cast<Value*>(operands[4]);
  const int32_t half = p.length / 2;
  for (int32_t f = 0; f < p.frames; ++f, x += half + 1, y += half) {
    const Value ends{fixed_add(x[0].r, x[half].r), fixed_sub(x[0].r, x[half].r)};
    packed[0] = complex_divide(ends, 2);
    for (int32_t k = 1; k <= half / 2; ++k) {
      const Value a = complex_divide(x[k], 2);
      const Value b = complex_divide(complex_conjugate(x[half - k]), 2);
      const Value even = complex_add(a, b);
      const Value odd = complex_mul(complex_sub(a, b), super[k - 1]);
      packed[k] = complex_add(even, odd);
      packed[half - k] = complex_conjugate(complex_sub(even, odd));
    }
    fixed_transform<true>(static_cast<const Value*>(operands[4]), y, twiddles, half);
  }
}

}  // namespace mote

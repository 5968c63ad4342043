// Portable transform in fixed point. T: int16_t or int32_t.
#pragma once

#include "core/signal/fixed_transform.hpp"
#include "ops/dsp/signal_rfft/signal_rfft.hpp"

namespace mote {

template <class T, class P>
void signal_rfft_fixed(const P& p, void* const* operands) {
  using Value = FixedComplex<T>;
  const auto* x = static_cast<const T*>(operands[0]);
  const auto* twiddles = static_cast<const Value*>(operands[1]);
  const auto* super = static_cast<const Value*>(operands[2]);
  auto* y = static_cast<Value*>(operands[3]);
  auto* samples = static_cast<T*>(operands[4]);
  auto* spectrum = static_cast<Value*>(operands[4]) + p.length / 2;
  const int32_t half = p.length / 2;
  for (int32_t f = 0; f < p.frames; ++f, x += p.samples, y += half + 1) {
    for (int32_t i = 0; i < p.length; ++i) {
      samples[i] = i < p.samples ? x[i] : static_cast<T>(0);
    }
    fixed_transform<false>(static_cast<const Value*>(operands[4]), spectrum, twiddles, half);
    const Value dc = complex_divide(spectrum[0], 2);
    y[0] = {fixed_add(dc.r, dc.i), 0};
    y[half] = {fixed_sub(dc.r, dc.i), 0};
    for (int32_t k = 1; k <= half / 2; ++k) {
      const Value a = complex_divide(spectrum[k], 2);
      const Value b = complex_divide(complex_conjugate(spectrum[half - k]), 2);
      const Value sum = complex_add(a, b);
      const Value turned = complex_mul(complex_sub(a, b), super[k - 1]);
      y[k] = {fixed_half_add(sum.r, turned.r), fixed_half_add(sum.i, turned.i)};
      y[half - k] = {fixed_half_sub(sum.r, turned.r), fixed_half_sub(turned.i, sum.i)};
    }
  }
}

}  // namespace mote

// Portable scaling.
#pragma once

#include "core/fixed_exp.hpp"
#include "ops/dsp/signal_fft_auto_scale/signal_fft_auto_scale.hpp"

namespace mote {

template <class P>
void signal_fft_auto_scale_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  auto* y = static_cast<int16_t*>(operands[1]);
  int32_t largest = 0;
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t size = x[i] < 0 ? -x[i] : x[i];
    if (size > largest) largest = size;
  }
  if (largest > INT16_MAX) largest = INT16_MAX;  // of -32768, as tflite-micro has it
  const int32_t bits = leading_zeros(static_cast<uint32_t>(largest)) - 17;
  for (int32_t i = 0; i < p.count; ++i) y[i] = static_cast<int16_t>(x[i] * (1 << bits));
  *static_cast<int32_t*>(operands[2]) = bits;
}

}  // namespace mote

// Portable kernel.
#pragma once

#include "ops/dsp/biquad_filter/biquad_filter.hpp"

namespace mote {

template <class P>
void biquad_filter_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* coefficients = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  const int32_t count = p.length * p.axes;
  for (int32_t i = 0; i < count; ++i) y[i] = x[i];
  for (int32_t axis = 0; axis < p.axes; ++axis) {
    for (int32_t s = 0; s < p.sections; ++s) {
      signal::filter_section(coefficients + s * signal::biquad_coefficients, y + axis, p.axes,
                             p.length);
    }
  }
  if (p.rectify == 0) return;
  for (int32_t i = 0; i < count; ++i) y[i] = y[i] < 0.0f ? -y[i] : y[i];
}

}  // namespace mote

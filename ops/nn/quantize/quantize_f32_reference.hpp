// Portable quantisation of floats.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/quantize/quantize.hpp"

namespace mote {

// To the nearest integer, halves away from zero, within [-512, 512]. Truncation first: adding one
// half to a float just below it would round up.
inline int32_t round_to_nearest(float x) {
  if (!(x > -512.0f)) return x != x ? 0 : -512;
  if (x > 512.0f) return 512;
  const auto whole = static_cast<int32_t>(x);
  const float rest = x - static_cast<float>(whole);
  if (rest >= 0.5f) return whole + 1;
  return rest <= -0.5f ? whole - 1 : whole;
}

template <class P>
void quantize_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) {
    const int32_t value = round_to_nearest(x[i] / p.scale) + p.zero_point;
    y[i] = static_cast<int8_t>(clamp(value, -128, 127));
  }
}

}  // namespace mote

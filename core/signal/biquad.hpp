// Recursive filters as a cascade of second-order sections.
#pragma once

#include <cstdint>

namespace mote::signal {

constexpr int32_t biquad_coefficients = 6;  // b0, b1, b2, a1, a2, gain at frequency 0

// y[i] = b0 x[i] + b1 x[i-1] + b2 x[i-2] - a1 y[i-1] - a2 y[i-2], in place on `length` >= 1 samples
// `stride` apart, in direct form II transposed. It starts as if the first sample had been there
// forever, so that an offset (gravity, a bias voltage) makes no transient.
inline void filter_section(const float* c, float* x, int32_t stride, int32_t length) {
  const float steady = c[5] * x[0];
  float first = steady - c[0] * x[0];
  float second = c[2] * x[0] - c[4] * steady;
  for (int32_t i = 0; i < length; ++i) {
    const float in = x[i * stride];
    const float out = c[0] * in + first;
    first = c[1] * in - c[3] * out + second;
    second = c[2] * in - c[4] * out;
    x[i * stride] = out;
  }
}

}  // namespace mote::signal

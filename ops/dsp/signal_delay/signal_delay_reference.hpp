// Portable delay.
#pragma once

#include "ops/dsp/signal_delay/signal_delay.hpp"

namespace mote {

template <class P>
void signal_delay_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  auto* held = static_cast<int16_t*>(operands[1]);
  auto* y = static_cast<int16_t*>(operands[2]);
  for (int32_t o = 0; o < p.outer; ++o, x += p.samples, held += p.delay, y += p.samples) {
    const auto joined = [&](int32_t i) { return i < p.delay ? held[i] : x[i - p.delay]; };
    for (int32_t i = 0; i < p.samples; ++i) y[i] = joined(i);
    for (int32_t i = 0; i < p.delay; ++i) held[i] = joined(p.samples + i);
  }
}

}  // namespace mote

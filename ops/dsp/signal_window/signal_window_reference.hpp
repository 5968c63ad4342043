// Portable window.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/dsp/signal_window/signal_window.hpp"

namespace mote {

template <class P>
void signal_window_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  const auto* window = static_cast<const int16_t*>(operands[1]);
  auto* y = static_cast<int16_t*>(operands[2]);
  for (int32_t f = 0; f < p.frames; ++f) {
    for (int32_t i = 0; i < p.length; ++i) {
      *y++ = static_cast<int16_t>(clamp((*x++ * window[i]) >> p.shift, -32768, 32767));
    }
  }
}

}  // namespace mote

// Portable energy.
#pragma once

#include "ops/dsp/signal_energy/signal_energy.hpp"

namespace mote {

template <class P>
void signal_energy_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  auto* y = static_cast<uint32_t*>(operands[1]);
  for (int32_t k = 0; k < p.count; ++k) {
    const int32_t re = x[2 * k], im = x[2 * k + 1];
    const bool wanted = k >= p.first && k < p.last;
    y[k] = wanted ? static_cast<uint32_t>(re * re) + static_cast<uint32_t>(im * im) : 0u;
  }
}

}  // namespace mote

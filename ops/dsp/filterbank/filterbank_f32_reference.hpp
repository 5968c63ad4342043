// Portable kernel.
#pragma once

#include "ops/dsp/filterbank/filterbank.hpp"

namespace mote {

template <class P>
void filterbank_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[3]);
  const signal::Filterbank bank{static_cast<const int32_t*>(operands[1]),
                                static_cast<const float*>(operands[2]), p.bands, p.bins,
                                p.weight_count};
  for (int32_t f = 0; f < p.frames; ++f) {
    signal::apply_filterbank(bank, x, y);
    x += p.bins;
    y += p.bands;
  }
}

}  // namespace mote

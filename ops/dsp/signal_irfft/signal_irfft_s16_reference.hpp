// Portable inverse transform of int16.
#pragma once

#include "ops/dsp/signal_irfft/signal_irfft_fixed.hpp"

namespace mote {

template <class P>
void signal_irfft_s16_reference(const P& p, void* const* operands) {
  signal_irfft_fixed<int16_t>(p, operands);
}

}  // namespace mote

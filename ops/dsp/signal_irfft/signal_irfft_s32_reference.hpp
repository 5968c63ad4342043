// Portable inverse transform of int32.
#pragma once

#include "ops/dsp/signal_irfft/signal_irfft_fixed.hpp"

namespace mote {

template <class P>
void signal_irfft_s32_reference(const P& p, void* const* operands) {
  signal_irfft_fixed<int32_t>(p, operands);
}

}  // namespace mote

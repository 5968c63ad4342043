// Portable transform of int16.
#pragma once

#include "ops/dsp/signal_rfft/signal_rfft_fixed.hpp"

namespace mote {

template <class P>
void signal_rfft_s16_reference(const P& p, void* const* operands) {
  signal_rfft_fixed<int16_t>(p, operands);
}

}  // namespace mote

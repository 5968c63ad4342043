// Portable transform of int32.
#pragma once

#include "ops/dsp/signal_rfft/signal_rfft_fixed.hpp"

namespace mote {

template <class P>
void signal_rfft_s32_reference(const P& p, void* const* operands) {
  signal_rfft_fixed<int32_t>(p, operands);
}

}  // namespace mote

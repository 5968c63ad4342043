// The same with sums of products in the DSP extension.
#pragma once

#include "ops/nn/gru/gru_s8_reference.hpp"

namespace mote {

template <class P>
void gru_s8_armv7em(const P& p, void* const* operands) {
  gru_s8<DspDot>(p, operands);
}

}  // namespace mote

// Portable kernel for sensor counts.
#pragma once

#include "ops/dsp/frame/frame.hpp"

namespace mote {

template <class P>
void frame_s16_reference(const P& p, void* const* operands) {
  frame_all<int16_t>(p, operands);
}

}  // namespace mote

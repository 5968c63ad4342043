// Portable kernel for physical units.
#pragma once

#include "ops/dsp/frame/frame.hpp"

namespace mote {

template <class P>
void frame_f32_reference(const P& p, void* const* operands) {
  frame_all<float>(p, operands);
}

}  // namespace mote

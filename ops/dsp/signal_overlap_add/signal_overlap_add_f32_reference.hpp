// Portable joining of float frames.
#pragma once

#include "ops/dsp/signal_overlap_add/signal_overlap_add.hpp"

namespace mote {

template <class P>
void signal_overlap_add_f32_reference(const P& p, void* const* operands) {
  signal_overlap_add_walk<float>(p, operands, [](float a, float b) { return a + b; });
}

}  // namespace mote

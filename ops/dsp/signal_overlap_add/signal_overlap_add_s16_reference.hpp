// Portable joining of int16 frames.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/dsp/signal_overlap_add/signal_overlap_add.hpp"

namespace mote {

template <class P>
void signal_overlap_add_s16_reference(const P& p, void* const* operands) {
  signal_overlap_add_walk<int16_t>(p, operands, [](int32_t a, int32_t b) {
    return static_cast<int16_t>(clamp(a + b, -32768, 32767));
  });
}

}  // namespace mote

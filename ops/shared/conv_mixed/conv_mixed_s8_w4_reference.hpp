// Portable sums of products of int8 with weights of 4 bits.
#pragma once

#include "ops/shared/conv_mixed/conv_mixed.hpp"

namespace mote {

template <class P>
void conv_mixed_s8_w4_reference(const P& p, void* const* operands) {
  conv_mixed_s8(p, operands, WeightNibbles{static_cast<const uint8_t*>(operands[1])});
}

}  // namespace mote

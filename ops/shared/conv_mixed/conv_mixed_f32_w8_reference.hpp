// Portable sums of products of floats with weights of 8 bits.
#pragma once

#include "ops/shared/conv_mixed/conv_mixed.hpp"

namespace mote {

template <class P>
void conv_mixed_f32_w8_reference(const P& p, void* const* operands) {
  conv_mixed_f32(p, operands, WeightBytes{static_cast<const int8_t*>(operands[1])});
}

}  // namespace mote

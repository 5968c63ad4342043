// Portable softmax from int8 to int16.
#pragma once

#include "ops/nn/softmax/softmax_s8_reference.hpp"

namespace mote {

template <class P>
void softmax_s8_s16_reference(const P& p, void* const* operands) {
  softmax_rows(p, static_cast<const int8_t*>(operands[0]), static_cast<int16_t*>(operands[1]));
}

}  // namespace mote

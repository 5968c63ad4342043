// Portable SVDF with a state of int16.
#pragma once

#include "ops/nn/svdf/svdf_integer.hpp"

namespace mote {

template <class P>
void svdf_s16_reference(const P& p, void* const* operands) {
  svdf_integer<int16_t>(p, operands);
}

}  // namespace mote

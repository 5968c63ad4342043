// Portable SVDF with a state of int8.
#pragma once

#include "ops/nn/svdf/svdf_integer.hpp"

namespace mote {

template <class P>
void svdf_s8_reference(const P& p, void* const* operands) {
  svdf_integer<int8_t>(p, operands);
}

}  // namespace mote

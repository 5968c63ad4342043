// Portable reductions of int16.
#pragma once

#include "ops/shared/reduce/reduce_integer.hpp"

namespace mote {

template <class P>
void reduce_s16_reference(const P& p, void* const* operands) {
  reduce_integer<int16_t>(p, operands);
}

}  // namespace mote

// Portable reductions of int8.
#pragma once

#include "ops/shared/reduce/reduce_integer.hpp"

namespace mote {

template <class P>
void reduce_s8_reference(const P& p, void* const* operands) {
  reduce_integer<int8_t>(p, operands);
}

}  // namespace mote

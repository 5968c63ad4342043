// Portable pooling of int8.
#pragma once

#include "ops/shared/pool/pool_integer.hpp"

namespace mote {

template <class P>
void pool_s8_any_reference(const P& p, void* const* operands) {
  pool_integers<int8_t>(p, operands);
}

}  // namespace mote

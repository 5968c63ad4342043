// Portable pooling of int16.
#pragma once

#include "ops/shared/pool/pool_integer.hpp"

namespace mote {

template <class P>
void pool_s16_reference(const P& p, void* const* operands) {
  pool_integers<int16_t>(p, operands);
}

}  // namespace mote

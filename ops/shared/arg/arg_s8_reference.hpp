// Portable position of an extreme among int8.
#pragma once

#include "ops/shared/arg/arg.hpp"

namespace mote {

template <class P>
void arg_s8_reference(const P& p, void* const* operands) {
  arg_walk<int8_t>(p, operands);
}

}  // namespace mote

// Portable position of an extreme among floats.
#pragma once

#include "ops/shared/arg/arg.hpp"

namespace mote {

template <class P>
void arg_f32_reference(const P& p, void* const* operands) {
  arg_walk<float>(p, operands);
}

}  // namespace mote

// Portable reductions of floats.
#pragma once

#include "ops/shared/reduce/reduce.hpp"

namespace mote {

template <class P>
void reduce_f32_reference(const P& p, void* const* operands) {
  const bool mean = p.function == static_cast<int32_t>(ReduceFunction::mean);
  const auto count = static_cast<float>(p.r0 * p.r1 * p.r2);
  reduce_walk<float, float>(p, operands, [&](float terms) { return mean ? terms / count : terms; });
}

}  // namespace mote

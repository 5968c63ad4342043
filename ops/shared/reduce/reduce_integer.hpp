// Reductions of quantised values, for both widths.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/reduce/reduce.hpp"

namespace mote {

template <class T, class P>
MOTE_INLINE void reduce_integer(const P& p, void* const* operands) {
  constexpr int32_t high = (1 << (8 * sizeof(T) - 1)) - 1;
  const bool adds = p.function == static_cast<int32_t>(ReduceFunction::mean) ||
                    p.function == static_cast<int32_t>(ReduceFunction::sum);
  const int32_t zeros = p.x_zero * (p.r0 * p.r1 * p.r2);
  reduce_walk<int32_t, T>(p, operands, [&](int32_t terms) {
    if (!adds) return terms;
    const int32_t y = multiply_by_quantized_multiplier(terms - zeros, p.multiplier, p.shift);
    return clamp(y + p.output_zero, -high - 1, high);
  });
}

}  // namespace mote

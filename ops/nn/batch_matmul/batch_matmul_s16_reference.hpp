// Portable product of int16 matrices.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/batch_matmul/batch_matmul.hpp"

namespace mote {

template <class P>
void batch_matmul_s16_reference(const P& p, void* const* operands) {
  batch_matmul_walk<int16_t>(p, operands, [&p](const int16_t* a, const int16_t* w) {
    int64_t sum = 0;
    for (int32_t k = 0; k < p.depth; ++k, a += p.a_depth, w += p.w_depth) {
      sum += int64_t{*a - p.a_zero} * (*w - p.w_zero);
    }
    const int32_t scaled = multiply_wide(sum, p.multiplier, p.shift);
    return static_cast<int16_t>(clamp(scaled + p.output_zero, -32768, 32767));
  });
}

}  // namespace mote

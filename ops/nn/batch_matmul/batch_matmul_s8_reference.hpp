// Portable product of int8 matrices.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/batch_matmul/batch_matmul.hpp"

namespace mote {

template <class P>
void batch_matmul_s8_reference(const P& p, void* const* operands) {
  batch_matmul_walk<int8_t>(p, operands, [&p](const int8_t* a, const int8_t* w) {
    int32_t sum = 0;
    for (int32_t k = 0; k < p.depth; ++k, a += p.a_depth, w += p.w_depth) {
      sum += (*a - p.a_zero) * (*w - p.w_zero);
    }
    const int32_t scaled = multiply_by_quantized_multiplier(sum, p.multiplier, p.shift);
    return static_cast<int8_t>(clamp(scaled + p.output_zero, -128, 127));
  });
}

}  // namespace mote

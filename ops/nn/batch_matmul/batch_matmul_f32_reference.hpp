// Portable product of float matrices.
#pragma once

#include "ops/nn/batch_matmul/batch_matmul.hpp"

namespace mote {

template <class P>
void batch_matmul_f32_reference(const P& p, void* const* operands) {
  batch_matmul_walk<float>(p, operands, [&p](const float* a, const float* w) {
    float sum = 0;
    for (int32_t k = 0; k < p.depth; ++k, a += p.a_depth, w += p.w_depth) sum += *a * *w;
    return sum;
  });
}

}  // namespace mote

// Portable sum of float tensors.
#pragma once

#include "ops/nn/add_n/add_n.hpp"

namespace mote {

template <class P>
void add_n_f32_reference(const P& p, void* const* operands) {
  auto* y = static_cast<float*>(operands[add_n_inputs_max]);
  for (int32_t i = 0; i < p.count; ++i) {
    float sum = 0;
    for (int32_t k = 0; k < p.inputs; ++k) sum += static_cast<const float*>(operands[k])[i];
    y[i] = sum;
  }
}

}  // namespace mote

// Portable transposed convolution of floats.
#pragma once

#include "ops/nn/transpose_conv/transpose_conv.hpp"

namespace mote {

template <class P>
void transpose_conv_f32_reference(const P& p, void* const* operands) {
  const auto* bias = static_cast<const float*>(operands[2]);
  const auto finish = [&](int32_t o, float sum) {
    const float y = sum + bias[o];
    if (y < p.activation_min) return p.activation_min;
    return y > p.activation_max ? p.activation_max : y;
  };
  transpose_conv_walk<float>(p, static_cast<const float*>(operands[0]),
                             static_cast<const float*>(operands[1]),
                             static_cast<float*>(operands[3]), 0.0f, finish);
}

}  // namespace mote

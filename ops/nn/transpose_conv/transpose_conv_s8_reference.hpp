// Portable transposed convolution of int8.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/transpose_conv/transpose_conv.hpp"

namespace mote {

template <class P>
void transpose_conv_s8_reference(const P& p, void* const* operands) {
  const auto* bias = static_cast<const int64_t*>(operands[2]);
  const auto* multiplier = static_cast<const int32_t*>(operands[3]);
  const auto* shift = static_cast<const int32_t*>(operands[4]);
  const auto finish = [&](int32_t o, int32_t sum) {
    const int32_t y = multiply_by_quantized_multiplier(sum + static_cast<int32_t>(bias[o]),
                                                       multiplier[o], shift[o]);
    return static_cast<int8_t>(clamp(y + p.output_zero, p.activation_min, p.activation_max));
  };
  transpose_conv_walk<int32_t>(p, static_cast<const int8_t*>(operands[0]),
                               static_cast<const int8_t*>(operands[1]),
                               static_cast<int8_t*>(operands[5]), p.x_zero, finish);
}

}  // namespace mote

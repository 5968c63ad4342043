// Portable transposed convolution of int16 with int8 weights; zero points are 0.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/transpose_conv/transpose_conv.hpp"

namespace mote {

template <class P>
void transpose_conv_s16_reference(const P& p, void* const* operands) {
  const auto* bias = static_cast<const int64_t*>(operands[2]);
  const auto* multiplier = static_cast<const int32_t*>(operands[3]);
  const auto* shift = static_cast<const int32_t*>(operands[4]);
  const auto finish = [&](int32_t o, int64_t sum) {
    const int32_t y = multiply_wide(sum + bias[o], multiplier[o], shift[o]);
    return static_cast<int16_t>(clamp(y, p.activation_min, p.activation_max));
  };
  transpose_conv_walk<int64_t>(p, static_cast<const int16_t*>(operands[0]),
                               static_cast<const int8_t*>(operands[1]),
                               static_cast<int16_t*>(operands[5]), int64_t{0}, finish);
}

}  // namespace mote

#pragma once

#include "ops/nn/reconstruction_error/reconstruction_error.hpp"

namespace mote {

template <class P>
void reconstruction_error_s8_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* r = static_cast<const int8_t*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  float sum = 0;
  for (int32_t i = 0; i < p.count; ++i) {
    const float error = p.x_scale * static_cast<float>(x[i] - p.x_zero) -
                        p.r_scale * static_cast<float>(r[i] - p.r_zero);
    sum += error * error;
  }
  *y = sum / static_cast<float>(p.count);
}

}  // namespace mote

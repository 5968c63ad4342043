#pragma once

#include "ops/nn/reconstruction_error/reconstruction_error.hpp"

namespace mote {

template <class P>
void reconstruction_error_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* r = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  float sum = 0;
  for (int32_t i = 0; i < p.count; ++i) {
    const float error = x[i] - r[i];
    sum += error * error;
  }
  *y = sum / static_cast<float>(p.count);
}

}  // namespace mote

// Portable kernel.
#pragma once

#include "core/math_log.hpp"
#include "ops/dsp/log/log.hpp"

namespace mote {

template <class P>
void log_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  for (int32_t i = 0; i < p.count; ++i) y[i] = math::log(x[i] > p.floor ? x[i] : p.floor);
}

}  // namespace mote

// Portable kernel.
#pragma once

#include "ops/dsp/concat_features/concat_features.hpp"

namespace mote {

template <class P>
void concat_features_f32_reference(const P& p, void* const* operands) {
  const auto* first = static_cast<const float*>(operands[0]);
  const auto* second = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  for (int32_t i = 0; i < p.first; ++i) y[i] = first[i];
  for (int32_t i = 0; i < p.second; ++i) y[p.first + i] = second[i];
}

}  // namespace mote

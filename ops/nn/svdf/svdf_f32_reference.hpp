// Portable SVDF in float.
#pragma once

#include "ops/nn/svdf/svdf.hpp"

namespace mote {

template <class P>
void svdf_f32_reference(const P& p, void* const* operands) {
  svdf_walk<float, float, float>(
      p, operands, 0.0f, 0.0f, [](float sum) { return sum; },
      [&](float y) {
        if (y < p.activation_min) return p.activation_min;
        return y > p.activation_max ? p.activation_max : y;
      });
}

}  // namespace mote

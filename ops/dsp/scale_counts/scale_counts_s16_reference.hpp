// Portable kernel.
#pragma once

#include "core/float_bits.hpp"
#include "ops/dsp/scale_counts/scale_counts.hpp"

namespace mote {

template <class P>
void scale_counts_s16_reference(const P& p, void* const* operands) {
  for (int32_t axis = 0; axis < p.axes; ++axis) {
    const auto* x = static_cast<const int16_t*>(operands[0]) + axis;
    auto* y = static_cast<float*>(operands[1]) + axis;
    float mean = 0.0f;
    if (p.remove_mean != 0) {
      int64_t sum = 0;
      for (int32_t i = 0; i < p.length; ++i) sum += x[i * p.axes];
      const auto size = static_cast<uint64_t>(sum < 0 ? -sum : sum);
      mean = round_to_float(sum < 0, size, 0) / static_cast<float>(p.length);
    }
    for (int32_t i = 0; i < p.length; ++i) {
      y[i * p.axes] = p.scale * (static_cast<float>(x[i * p.axes]) - mean);
    }
  }
}

}  // namespace mote

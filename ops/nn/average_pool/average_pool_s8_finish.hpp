// Makes the means of the sums; see average_pool_sums.hpp.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/nn/average_pool/average_pool_sums.hpp"

namespace mote {

template <class P>
void average_pool_s8_finish(const P& p, void* const* operands) {
  const auto* sums = static_cast<const int32_t*>(operands[0]);
  auto* y = static_cast<int8_t*>(operands[1]);
  constexpr int32_t most = 128 * average_pool_pixels_max;  // of sums that average_pool_s8_add made
  const int32_t half = p.count / 2;
  for (int32_t c = 0; c < p.channels; ++c) {
    const int32_t sum = clamp(sums[c], -most, most - 1);
    const int32_t mean = (sum > 0 ? sum + half : sum - half) / p.count;
    y[c] = static_cast<int8_t>(clamp(mean, p.activation_min, p.activation_max));
  }
}

}  // namespace mote

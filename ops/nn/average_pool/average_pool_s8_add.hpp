// Adds some rows of an image to its sums; see average_pool_sums.hpp.
#pragma once

#include "ops/nn/average_pool/average_pool_sums.hpp"

namespace mote {

template <class P>
void average_pool_s8_add(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  auto* sums = static_cast<int32_t*>(operands[1]);
  for (int32_t c = 0; c < p.channels; ++c, ++x) {
    // Unsigned, so that sums of a damaged package wrap.
    auto sum = p.first != 0 ? 0u : static_cast<uint32_t>(sums[c]);
    const int8_t* value = x;
    for (int32_t i = 0; i < p.pixels; ++i, value += p.channels) {
      sum += static_cast<uint32_t>(int32_t{*value});
    }
    sums[c] = static_cast<int32_t>(sum);
  }
}

}  // namespace mote

// Portable filter bank. An entry that leaves its tables counts as empty.
#pragma once

#include "ops/dsp/signal_filter_bank/signal_filter_bank.hpp"

namespace mote {

template <class P>
void signal_filter_bank_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint32_t*>(operands[0]);
  const auto* weights = static_cast<const int16_t*>(operands[1]);
  const auto* unweights = static_cast<const int16_t*>(operands[2]);
  const auto* entry = static_cast<const int32_t*>(operands[3]);
  auto* y = static_cast<uint64_t*>(operands[4]);
  uint64_t carried = 0;
  for (int32_t c = 0; c <= p.channels; ++c, entry += 3) {
    uint64_t sum = carried;
    carried = 0;
    const bool inside = entry[0] >= 0 && entry[1] >= 0 && entry[2] >= 0 && entry[0] <= p.bins &&
                        entry[2] <= p.bins - entry[0] && entry[1] <= p.weights &&
                        entry[2] <= p.weights - entry[1];
    for (int32_t j = 0; inside && j < entry[2]; ++j) {
      const uint64_t value = x[entry[0] + j];
      sum += static_cast<uint64_t>(int64_t{weights[entry[1] + j]}) * value;
      carried += static_cast<uint64_t>(int64_t{unweights[entry[1] + j]}) * value;
    }
    if (c > 0) y[c - 1] = sum;
  }
}

}  // namespace mote

// Portable logistic function and tanh of int16.
#pragma once

#include "ops/shared/sigmoid/sigmoid.hpp"

namespace mote {

template <class P>
void sigmoid_s16_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  const auto* table = static_cast<const uint16_t*>(operands[1]);
  auto* y = static_cast<int16_t*>(operands[2]);
  const int64_t half = p.shift > 0 ? int64_t{1} << (p.shift - 1) : 0;
  for (int32_t i = 0; i < p.count; ++i) {
    const auto scaled = static_cast<int32_t>((int64_t{x[i]} * p.multiplier + half) >> p.shift);
    y[i] = p.tanh != 0 ? tanh_by_table(scaled, table) : logistic_by_table(scaled, table);
  }
}

}  // namespace mote

// Portable kernel.
#pragma once

#include "core/signal/filterbank.hpp"
#include "ops/dsp/dct/dct.hpp"

namespace mote {

template <class P>
void dct_f32_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const float*>(operands[0]);
  const auto* table = static_cast<const float*>(operands[1]);
  auto* y = static_cast<float*>(operands[2]);
  for (int32_t r = 0; r < p.rows; ++r) {
    signal::multiply_table(table, p.coefficients, p.n, x, y);
    x += p.n;
    y += p.coefficients;
  }
}

}  // namespace mote

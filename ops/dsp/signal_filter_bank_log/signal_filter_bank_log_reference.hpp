// Portable logarithm.
#pragma once

#include "core/fixed_exp.hpp"
#include "ops/dsp/signal_filter_bank_log/signal_filter_bank_log.hpp"

namespace mote {

// log2(x) in Q16. x: >= 2.
inline uint32_t signal_log2(uint32_t x, const uint16_t* table) {
  const int32_t whole = 31 - leading_zeros(x);
  const uint32_t above = x - (1u << whole);
  const auto rest =
      static_cast<int32_t>(whole < 16 ? above << (16 - whole) : above >> (whole - 16));
  const int32_t piece = rest >> 9;
  const int32_t low = table[piece], high = table[piece + 1];
  const int32_t between = ((high - low) * (rest - (piece << 9))) >> 16;
  return (static_cast<uint32_t>(whole) << 16) + static_cast<uint32_t>(rest + low + between);
}

template <class P>
void signal_filter_bank_log_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint32_t*>(operands[0]);
  const auto* table = static_cast<const uint16_t*>(operands[1]);
  auto* y = static_cast<int16_t*>(operands[2]);
  constexpr uint64_t ln2_q16 = 45426;
  constexpr uint32_t half = 1u << 15;
  for (int32_t c = 0; c < p.count; ++c) {
    const uint32_t scaled = x[c] << p.correction_bits;
    y[c] = 0;
    if (scaled < 2) continue;
    const auto ln = static_cast<uint32_t>((ln2_q16 * signal_log2(scaled, table) + half) >> 16);
    const uint32_t value = (static_cast<uint32_t>(p.output_scale) * ln + half) >> 16;
    y[c] = static_cast<int16_t>(value < INT16_MAX ? value : INT16_MAX);
  }
}

}  // namespace mote

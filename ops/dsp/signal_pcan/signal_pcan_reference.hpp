// Portable normalisation.
#pragma once

#include "core/fixed_exp.hpp"
#include "ops/dsp/signal_pcan/signal_pcan.hpp"

namespace mote {

inline int16_t signal_pcan_gain(uint32_t x, const int16_t* table) {
  if (x <= 2) return table[x];
  const int32_t octave = 32 - leading_zeros(x);  // [2, 32]
  const int16_t* piece = table + 4 * octave - 6;
  const uint32_t aligned = octave < 11 ? x << (11 - octave) : x >> (octave - 11);
  const auto rest = static_cast<int32_t>(aligned & 0x3ffu);
  int32_t value = (piece[2] * rest) >> 5;
  value += static_cast<int32_t>(static_cast<uint32_t>(int32_t{piece[1]}) << 5);
  value *= rest;
  return static_cast<int16_t>(((value + (1 << 14)) >> 15) + piece[0]);
}

template <class P>
void signal_pcan_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint32_t*>(operands[0]);
  const auto* noise = static_cast<const uint32_t*>(operands[1]);
  const auto* table = static_cast<const int16_t*>(operands[2]);
  auto* y = static_cast<uint32_t*>(operands[3]);
  constexpr int32_t snr_bits = 12, output_bits = 6;
  for (int32_t c = 0; c < p.count; ++c) {
    const auto gain = static_cast<uint32_t>(int32_t{signal_pcan_gain(noise[c], table)});
    const auto snr = static_cast<uint32_t>((uint64_t{x[c]} * gain) >> p.snr_shift);
    y[c] = snr < (2u << snr_bits) ? (snr * snr) >> (2 + 2 * snr_bits - output_bits)
                                  : (snr >> (snr_bits - output_bits)) - (1u << output_bits);
  }
}

}  // namespace mote

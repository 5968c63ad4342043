// Portable framing.
#pragma once

#include "ops/dsp/signal_framer/signal_framer.hpp"

namespace mote {

template <class P>
void signal_framer_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  auto* samples = static_cast<int16_t*>(operands[1]);
  auto* y = static_cast<int16_t*>(operands[2]);
  auto* valid = static_cast<uint8_t*>(operands[3]);
  const int32_t capacity = signal_framer_state(p) - 2;
  const int32_t given = p.prefill != 0 ? p.frame_size - p.frame_step : 0;
  *valid = 1;
  for (int32_t o = 0; o < p.outer; ++o, samples += capacity + 2) {
    uint32_t counted = 0;
    __builtin_memcpy(&counted, samples + capacity, sizeof counted);
    // A state that was tampered with mustn't lead outside.
    int32_t count = static_cast<int32_t>(counted) + given;
    if (count < 0 || count > capacity - p.frame_step) count = given;
    for (int32_t f = 0; f < p.frames; ++f, x += p.frame_step, y += p.frame_size) {
      for (int32_t i = 0; i < p.frame_step; ++i) samples[count + i] = x[i];
      count += p.frame_step;
      const bool full = count >= p.frame_size;
      for (int32_t i = 0; i < p.frame_size; ++i) y[i] = full ? samples[i] : int16_t{0};
      if (full) {
        count -= p.frame_step;
        for (int32_t i = 0; i < count; ++i) samples[i] = samples[i + p.frame_step];
      } else {
        *valid = 0;
      }
    }
    counted = static_cast<uint32_t>(count - given);
    __builtin_memcpy(samples + capacity, &counted, sizeof counted);
  }
}

}  // namespace mote

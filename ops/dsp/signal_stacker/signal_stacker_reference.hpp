// Portable stacking.
#pragma once

#include "ops/dsp/signal_stacker/signal_stacker.hpp"

namespace mote {

template <class P>
void signal_stacker_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  auto* frames = static_cast<int16_t*>(operands[1]);
  auto* y = static_cast<int16_t*>(operands[2]);
  auto* valid = static_cast<uint8_t*>(operands[3]);
  const int32_t whole = p.left + p.right + 1, stacked = whole * p.channels;
  int32_t count = frames[stacked];
  const bool first = frames[stacked + 1] == 0;
  const int32_t times = first ? p.left + 1 : 1;
  if (count < 0 || count > whole - times) count = 0;  // a state that was tampered with
  for (int32_t k = 0; k < times; ++k, ++count) {
    for (int32_t i = 0; i < p.channels; ++i) frames[count * p.channels + i] = x[i];
  }
  const bool full = count == whole;
  for (int32_t i = 0; i < stacked; ++i) y[i] = full ? frames[i] : int16_t{0};
  if (full) {
    count -= p.step;
    for (int32_t i = 0; i < count * p.channels; ++i) frames[i] = frames[i + p.step * p.channels];
  }
  frames[stacked] = static_cast<int16_t>(count);
  frames[stacked + 1] = 1;
  *valid = full ? 1 : 0;
}

}  // namespace mote

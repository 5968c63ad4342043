// Portable buffer of a stream's last entries.
#pragma once

#include "ops/nn/circular_buffer/circular_buffer.hpp"

namespace mote {

template <class P>
void circular_buffer_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]);
  auto* entries = static_cast<uint8_t*>(operands[1]);
  auto* y = static_cast<uint8_t*>(operands[2]);
  const int32_t kept = (p.slots - 1) * p.entry;
  for (int32_t i = 0; i < kept; ++i) entries[i] = entries[i + p.entry];
  for (int32_t i = 0; i < p.entry; ++i) entries[kept + i] = x[i];
  for (int32_t i = 0; i < kept + p.entry; ++i) y[i] = entries[i];
}

}  // namespace mote

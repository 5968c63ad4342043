// Portable gather with an index for each batch.
#pragma once

#include "ops/nn/gather/gather_reference.hpp"

namespace mote {

template <class P>
void gather_batched_reference(const P& p, void* const* operands) {
  const GatherParams each{p.outer, p.entries, p.count, p.inner};
  auto* x = static_cast<uint8_t*>(operands[0]);
  auto* index = static_cast<int32_t*>(operands[1]);
  auto* y = static_cast<uint8_t*>(operands[2]);
  for (int32_t b = 0; b < p.batches; ++b) {
    void* const own[] = {x, index, y};
    gather_reference(each, own);
    x += p.outer * p.entries * p.inner;
    index += p.count;
    y += p.outer * p.count * p.inner;
  }
}

}  // namespace mote

// Offset planning: where each buffer lies in the arena.
#pragma once

#include <cstdint>
#include <vector>

namespace mote::plan {

// A buffer that is alive from op `first` to op `last`, both included.
struct Buffer {
  uint32_t bytes = 0;
  int32_t first = 0;
  int32_t last = 0;
};

// `output` may overlap `input` as long as offset(output) + lead <= offset(input) and the offsets
// differ by a multiple of `step`.
struct Overlap {
  int32_t output = 0;  // buffer indices
  int32_t input = 0;
  uint32_t lead = 0;  // bytes
  uint32_t step = 1;  // bytes, >= 1
};

struct Layout {
  std::vector<uint32_t> offsets;  // of each buffer, multiples of 16
  uint32_t bytes = 0;             // size of the arena
};

// Places buffers so that two that are alive at the same time don't share memory, but for allowed
// overlaps. Tries several orders of placement, each at the lowest offset that is free, improves the
// best by `rounds` seeded random swaps, and stops at the lower bound. The same input gives the same
// layout.
constexpr int improvement_rounds = 400;
Layout plan_memory(const std::vector<Buffer>& buffers, const std::vector<Overlap>& overlaps,
                   int rounds = improvement_rounds);

// The largest sum of buffers alive at one op, overlaps allowed for: no layout is smaller.
uint32_t memory_lower_bound(const std::vector<Buffer>& buffers,
                            const std::vector<Overlap>& overlaps);

// Index pairs that share memory without being allowed to; empty for a sound layout.
std::vector<std::pair<int32_t, int32_t>> find_conflicts(const std::vector<Buffer>& buffers,
                                                        const std::vector<Overlap>& overlaps,
                                                        const Layout& layout);

}  // namespace mote::plan

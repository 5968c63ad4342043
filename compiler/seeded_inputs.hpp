// Inputs that look random and are the same everywhere: the generator of golden vectors.
//
// xorshift32 (Marsaglia 2003) from the seed, one stream through all inputs in order, elements in
// memory order. Integers take their bytes from it, little endian, those of 4 bytes and more only
// three, sign extended; booleans one bit; floats are int8 / 64.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote {

class SeededStream {
 public:
  explicit SeededStream(uint32_t seed) : state_(seed) {}  // seed: not 0

  // Appends the bytes of `count` elements.
  void append(ir::DType dtype, int64_t count, std::vector<uint8_t>& to);

 private:
  uint8_t byte();
  uint64_t element(ir::DType dtype);

  uint32_t state_;
};

// Bytes of each graph input.
std::vector<std::vector<uint8_t>> seeded_inputs(const ir::Graph& graph, uint32_t seed);

}  // namespace mote

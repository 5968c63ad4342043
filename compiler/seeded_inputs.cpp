#include "compiler/seeded_inputs.hpp"

#include <bit>

namespace mote {

uint8_t SeededStream::byte() {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 17;
  state_ ^= state_ << 5;
  return static_cast<uint8_t>(state_);
}

// The stored bits of one element.
uint64_t SeededStream::element(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::i8:
    case ir::DType::u8:
      return byte();
    case ir::DType::boolean:
      return byte() & 1u;
    case ir::DType::i16: {
      const uint32_t low = byte();
      return low | uint32_t{byte()} << 8;
    }
    case ir::DType::i32:
    case ir::DType::u32:
    case ir::DType::i64:
    case ir::DType::u64: {
      uint32_t value = byte();
      value |= uint32_t{byte()} << 8;
      value |= uint32_t{byte()} << 16;
      return static_cast<uint64_t>(int64_t{static_cast<int32_t>(value << 8) >> 8});
    }
    case ir::DType::f32:
      return std::bit_cast<uint32_t>(static_cast<float>(static_cast<int8_t>(byte())) / 64.0f);
  }
  throw ir::GraphError("unknown dtype");
}

void SeededStream::append(ir::DType dtype, int64_t count, std::vector<uint8_t>& to) {
  const int64_t size = ir::dtype_bytes(dtype);
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t bits = element(dtype);
    for (int64_t b = 0; b < size; ++b) to.push_back(static_cast<uint8_t>(bits >> (8 * b)));
  }
}

std::vector<std::vector<uint8_t>> seeded_inputs(const ir::Graph& graph, uint32_t seed) {
  SeededStream stream(seed);
  std::vector<std::vector<uint8_t>> inputs;
  for (ir::TensorId id : graph.inputs) {
    stream.append(graph.tensor(id).dtype, graph.tensor(id).elements(), inputs.emplace_back());
  }
  return inputs;
}

}  // namespace mote

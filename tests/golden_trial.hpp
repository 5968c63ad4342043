// Test aid: the golden vectors of the data mirror, their inputs, and how outputs are compared with
// them. Integer tensors must be equal; of floats see float_tolerance.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "compiler/interpret.hpp"
#include "core/crc32.hpp"
#include "tests/mirror.hpp"

namespace mote::mirror {

using Bytes = std::vector<uint8_t>;

// Of the largest magnitude of a tensor: 2^-20. Sums run in another order than in tflite-micro, and
// its exp and tanh are the C library's.
constexpr double float_tolerance = 1.0 / (1 << 20);

inline std::vector<std::string> golden_models() {
  std::vector<std::string> names;
  for (const auto& [path, bytes] : models()) {
    const std::string name = path.substr(0, path.size() - std::string(".tflite").size());
    if (std::ifstream(folder() + "/vectors/" + name + ".json")) names.push_back(name);
  }
  return names;
}

// The generator of the golden vectors: xorshift32 from the seed, one stream through all inputs.
class Generator {
 public:
  explicit Generator(uint32_t seed) : state_(seed) {}

  Bytes values(ir::DType dtype, int64_t count) {
    Bytes bytes;
    for (int64_t i = 0; i < count; ++i) append(dtype, bytes);
    return bytes;
  }

 private:
  uint8_t byte() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return static_cast<uint8_t>(state_);
  }

  void append(ir::DType dtype, Bytes& bytes) {
    if (dtype == ir::DType::f32) {
      const float value = static_cast<float>(static_cast<int8_t>(byte())) / 64.0f;
      const auto* raw = reinterpret_cast<const uint8_t*>(&value);
      bytes.insert(bytes.end(), raw, raw + sizeof value);
    } else if (dtype == ir::DType::i32) {
      for (int i = 0; i < 3; ++i) bytes.push_back(byte());
      bytes.push_back(bytes.back() & 0x80 ? 0xff : 0);
    } else {
      for (int64_t i = 0; i < ir::dtype_bytes(dtype); ++i) bytes.push_back(byte());
    }
  }

  uint32_t state_;
};

inline Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

inline std::vector<Bytes> inputs_of(const ir::Graph& graph, const nlohmann::json& step) {
  Generator generator(step["seed"].get<uint32_t>());
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const ir::Tensor& tensor = graph.tensor(graph.inputs[i]);
    const bool given = step.contains("inputs") && step["inputs"][i].contains("hex");
    inputs.push_back(given ? from_hex(step["inputs"][i]["hex"])
                           : generator.values(tensor.dtype, tensor.elements()));
  }
  return inputs;
}

inline std::string crc_hex(const Bytes& bytes) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", crc32(0, bytes.data(), bytes.size()));
  return text;
}

inline void expect_floats(std::span<const uint8_t> mine, const Bytes& golden) {
  ASSERT_LE(golden.size(), mine.size());
  std::vector<float> a(golden.size() / 4), b(a.size());
  std::memcpy(a.data(), mine.data(), golden.size());
  std::memcpy(b.data(), golden.data(), golden.size());
  double largest = 0, error = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(b[i])));
    error = std::max(error, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  EXPECT_LE(error, largest * float_tolerance) << "of " << largest;
}

inline void expect_output(const ir::Tensor& tensor, std::span<const uint8_t> bytes,
                          const nlohmann::json& golden) {
  const Bytes expected = from_hex(golden.contains("hex") ? golden["hex"] : golden["head_hex"]);
  if (tensor.dtype == ir::DType::f32) {
    expect_floats(bytes, expected);
  } else {
    EXPECT_EQ(hex(bytes.first(std::min(bytes.size(), expected.size()))), hex(expected));
  }
}

inline void expect_ops(const ir::Graph& graph, const Interpreter& interpreter,
                       const nlohmann::json& golden) {
  for (const ir::Node& node : graph.nodes) {
    const auto& crc = golden[static_cast<size_t>(node.source_index)];
    if (crc.is_null()) continue;
    Bytes all;
    for (ir::TensorId id : node.outputs) {
      if (graph.tensor(id).variable) continue;
      const auto bytes = interpreter.bytes(id);
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    EXPECT_EQ(crc_hex(all), crc) << "operator " << node.source_index << " " << node.op;
  }
}

}  // namespace mote::mirror

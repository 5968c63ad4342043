// Test aid: the golden vectors of the data mirror, their inputs, and how outputs are compared with
// them. Integer tensors must be equal; of floats see float_tolerance.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "compiler/interpret.hpp"
#include "compiler/seeded_inputs.hpp"
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

inline Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

inline std::vector<Bytes> inputs_of(const ir::Graph& graph, const nlohmann::json& step) {
  SeededStream stream(step["seed"].get<uint32_t>());
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const ir::Tensor& tensor = graph.tensor(graph.inputs[i]);
    const bool given = step.contains("inputs") && step["inputs"][i].contains("hex");
    Bytes& bytes = inputs.emplace_back();
    if (given) {
      bytes = from_hex(step["inputs"][i]["hex"]);
    } else {
      stream.append(tensor.dtype, tensor.elements(), bytes);
    }
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

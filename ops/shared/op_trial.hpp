// Test aid: runs one op on values through the interpreter, and walks the indices of a shape.
#pragma once

#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

#include "compiler/interpret.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {

// A one-node graph. Inputs come first, then constants; outputs have the given quantisations.
struct OpTrial {
  ir::Graph graph;
  std::vector<ir::TensorId> operands;
  std::vector<std::vector<uint8_t>> values;

  template <class T>
  void input(ir::DType dtype, const ir::Shape& shape, const std::vector<T>& data,
             const ir::Quantization& q = {}) {
    operands.push_back(graph.add_tensor({"x", dtype, shape, q, false, {}, false}));
    graph.inputs.push_back(operands.back());
    values.emplace_back(data.size() * sizeof(T));
    std::memcpy(values.back().data(), data.data(), values.back().size());
  }

  void constant(const std::vector<int32_t>& data) {
    operands.push_back(
        graph.add_constant("constant", ir::DType::i32, {static_cast<int32_t>(data.size())}, data));
  }

  // Bytes of each output.
  std::vector<std::vector<uint8_t>> run(const std::string& op, const ir::Attributes& attributes,
                                        const std::vector<ir::Quantization>& quantizations) {
    const auto outputs =
        graph.add_node(op, operands, attributes, static_cast<int>(quantizations.size()));
    for (size_t i = 0; i < outputs.size(); ++i) {
      graph.tensor(outputs[i]).quantization = quantizations[i];
    }
    graph.outputs = outputs;
    Interpreter interpreter(graph, host_target());
    interpreter.run(values);
    std::vector<std::vector<uint8_t>> results;
    for (ir::TensorId id : outputs) {
      const auto bytes = interpreter.bytes(id);
      results.emplace_back(bytes.begin(), bytes.end());
    }
    return results;
  }

  const ir::Shape& output_shape(size_t i = 0) const { return graph.tensor(graph.outputs[i]).shape; }
};

template <class T>
std::vector<T> values_of(const std::vector<uint8_t>& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// x * real in TensorFlow Lite's arithmetic (double rounding), in 64 bits from its definitions.
inline int64_t requantised(int64_t x, double real) {
  int exponent = 0;
  auto m = static_cast<int64_t>(std::round(std::frexp(real, &exponent) * 2147483648.0));
  if (m == int64_t{1} << 31) m /= 2, ++exponent;
  if (exponent > 0) x *= int64_t{1} << exponent;
  const int64_t nudge = x * m >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  const int64_t high = (x * m + nudge) / (int64_t{1} << 31);
  if (exponent >= 0) return high;
  return std::llround(static_cast<double>(high) / std::exp2(-exponent));
}

using Index = std::vector<int32_t>;

// Calls visit(index) for every index of the shape, the last axis fastest.
inline void for_each_index(const ir::Shape& shape, const std::function<void(const Index&)>& visit) {
  Index index(shape.size(), 0);
  while (true) {
    visit(index);
    size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

inline size_t offset_of(const ir::Shape& shape, const Index& index) {
  size_t offset = 0;
  for (size_t k = 0; k < shape.size(); ++k) {
    offset = offset * static_cast<size_t>(shape[k]) + static_cast<size_t>(index[k]);
  }
  return offset;
}

inline ir::Shape trial_shape(TrialRandom& random, size_t rank) {
  ir::Shape shape;
  for (size_t k = 0; k < rank; ++k) shape.push_back(random.between(1, 5));
  return shape;
}

// 0, 1, 2, ...: every element tells where it came from.
template <class T>
std::vector<T> counting(const ir::Shape& shape) {
  int64_t count = 1;
  for (int32_t extent : shape) count *= extent;
  std::vector<T> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i);
  return values;
}

}  // namespace mote

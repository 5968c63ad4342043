// For tests of signal ops: lowers one node and runs its kernel on buffers of exactly the right
// size, so that the sanitizers see any step outside.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "compiler/ir/op.hpp"

namespace mote {

struct OpResult {
  ir::Shape shape;
  std::vector<float> values;
};

class OpUnderTest {
 public:
  // Lowers `op` over inputs that are float, int16_t or constants.
  template <class T>
  OpUnderTest(const std::string& op, const ir::Shape& shape, const std::vector<T>& x,
              const ir::Attributes& attributes, const std::vector<std::vector<float>>& more = {}) {
    const ir::DType dtype = sizeof(T) == 2 ? ir::DType::i16 : ir::DType::f32;
    std::vector<ir::TensorId> inputs = {graph_.add_constant("x", dtype, shape, x)};
    for (const auto& values : more) {
      inputs.push_back(graph_.add_constant("input", ir::DType::f32,
                                           {static_cast<int32_t>(values.size())}, values));
    }
    graph_.add_node(op, inputs, attributes);
    const ir::Target host{"host", {Isa::reference, Isa::generic}, 0, 0};
    lowered_ = ir::lower(graph_, graph_.nodes[0], host);
    for (const ir::Param& param : lowered_.params) {
      params_.resize(params_.size() + 4);
      std::visit([&](auto value) { std::memcpy(&params_[params_.size() - 4], &value, 4); },
                 param.value);
    }
    for (const ir::Operand& operand : lowered_.operands) buffers_.push_back(buffer_of(operand));
  }

  OpResult run() {
    EXPECT_EQ(check(sizes()), Status::ok);
    std::vector<void*> operands;
    for (auto& buffer : buffers_) operands.push_back(buffer.data());
    lowered_.kernel->entry.run(params_.data(), operands.data());
    const ir::TensorId output = graph_.nodes[0].outputs[0];
    OpResult result{graph_.tensor(output).shape, {}};
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (lowered_.operands[i].tensor != output) continue;
      result.values.resize(buffers_[i].size() / 4);
      std::memcpy(result.values.data(), buffers_[i].data(), buffers_[i].size());
    }
    return result;
  }

  // Every operand that is a byte too short must be refused, except number `exempt`.
  void expect_short_operands_refused(size_t exempt = SIZE_MAX) {
    for (size_t i = 0; i < buffers_.size(); ++i) {
      std::vector<uint32_t> bytes = sizes();
      --bytes[i];
      EXPECT_EQ(check(bytes), i == exempt ? Status::ok : Status::out_of_bounds) << "operand " << i;
    }
  }

  // Params of zeros and of -1 must be refused: no kernel has a use for them.
  void expect_wild_params_refused() {
    const std::vector<uint8_t> kept = params_;
    for (uint8_t fill : {uint8_t{0}, uint8_t{0xff}}) {
      params_.assign(kept.size(), fill);
      EXPECT_NE(check(sizes()), Status::ok);
    }
    params_ = kept;
  }

  std::vector<uint8_t>& operand(size_t index) { return buffers_[index]; }

 private:
  std::vector<uint8_t> buffer_of(const ir::Operand& operand) {
    if (operand.kind == ir::Operand::Kind::constant) return operand.data;
    if (operand.kind == ir::Operand::Kind::scratch)
      return std::vector<uint8_t>(operand.bytes, 0xcc);
    const ir::Tensor& tensor = graph_.tensor(operand.tensor);
    if (tensor.constant) return tensor.data;
    return std::vector<uint8_t>(static_cast<size_t>(tensor.byte_size()), 0xcc);
  }
  std::vector<uint32_t> sizes() const {
    std::vector<uint32_t> bytes;
    for (const auto& buffer : buffers_) bytes.push_back(static_cast<uint32_t>(buffer.size()));
    return bytes;
  }
  Status check(const std::vector<uint32_t>& bytes) {
    return lowered_.kernel->entry.check(params_.data(), bytes.data());
  }

  ir::Graph graph_;
  ir::LoweredOp lowered_;
  std::vector<uint8_t> params_;
  std::vector<std::vector<uint8_t>> buffers_;
};

// Normally distributed samples.
inline std::vector<float> random_signal(size_t count, uint32_t seed, float scale = 1.0f) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0f, scale);
  std::vector<float> x(count);
  for (float& v : x) v = normal(random);
  return x;
}

inline std::vector<int16_t> random_counts(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int16_t> x(count);
  for (int16_t& v : x) v = static_cast<int16_t>(random());
  return x;
}

// |sum_i x[i] e^(-2 pi i k / n)| straight from the definition: (re, im) of one bin.
template <class T>
std::pair<double, double> slow_bin(const std::vector<T>& x, size_t n, size_t k) {
  double re = 0, im = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double angle =
        2.0 * std::numbers::pi * static_cast<double>(k * i % n) / static_cast<double>(n);
    re += static_cast<double>(x[i]) * std::cos(angle);
    im -= static_cast<double>(x[i]) * std::sin(angle);
  }
  return {re, im};
}

}  // namespace mote

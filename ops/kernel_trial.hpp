// Test aid: one-node graphs of random int8 layers, and the way to run any kernel variant on them.
// Every operand is a heap block of exactly its size, so a sanitizer sees each stray access.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "compiler/ir/op.hpp"
#include "device/vm/cpu.hpp"
#include "device/vm/kernels.hpp"

namespace mote {

// Seeded source of layer data.
struct TrialRandom {
  std::mt19937 engine;

  explicit TrialRandom(uint32_t seed) : engine(seed) {}
  int32_t between(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(engine() % static_cast<uint32_t>(high - low + 1));
  }
  float real(float low, float high) {
    return low + (high - low) * static_cast<float>(engine()) / 4294967296.0f;
  }
  // Mostly uniform, sometimes all extreme.
  std::vector<int8_t> bytes(int64_t count, int32_t low, int32_t high) {
    const bool extreme = between(0, 9) == 0;
    std::vector<int8_t> values(static_cast<size_t>(count));
    for (int8_t& v : values) {
      v = static_cast<int8_t>(extreme ? (between(0, 1) ? low : high) : between(low, high));
    }
    return values;
  }
};

// Adds int8 weights with one scale per output channel (axis), and a bias.
inline std::vector<ir::TensorId> add_trial_weights(ir::Graph& graph, TrialRandom& random,
                                                   const ir::Shape& shape, int32_t axis) {
  int64_t count = 1;
  for (int32_t extent : shape) count *= extent;
  const int32_t channels = shape[static_cast<size_t>(axis)];
  std::vector<int8_t> values = random.bytes(count, -127, 127);
  // Pruned or dead channels: no weights, a bias of any size.
  std::vector<bool> dead;
  for (int32_t c = 0; c < channels; ++c) dead.push_back(random.between(0, 15) == 0);
  const int64_t inner = axis == 0 ? std::max<int64_t>(1, count / channels) : 1;
  for (int64_t i = 0; i < count; ++i) {
    if (dead[static_cast<size_t>(i / inner % channels)]) values[static_cast<size_t>(i)] = 0;
  }
  const ir::TensorId w = graph.add_constant("weights", ir::DType::i8, shape, values);
  ir::Quantization& q = graph.tensor(w).quantization;
  q.axis = axis;
  std::vector<int32_t> bias;
  for (int32_t c = 0; c < channels; ++c) {
    q.scale.push_back(random.real(0.0005f, 0.02f));
    q.zero_point.push_back(0);
    const bool any = dead[static_cast<size_t>(c)];
    bias.push_back(any ? static_cast<int32_t>(random.engine()) : random.between(-20000, 20000));
  }
  return {w, graph.add_constant("bias", ir::DType::i32, {channels}, bias)};
}

// Leaves `values` different weights. 0 is one of them and stays, so that dead channels stay dead.
inline void limit_trial_weights(TrialRandom& random, ir::Tensor& weights, size_t values) {
  std::vector<uint8_t> palette{0};
  while (palette.size() < values) {
    const auto value = static_cast<uint8_t>(random.between(-127, 127));
    if (std::ranges::count(palette, value) == 0) palette.push_back(value);
  }
  for (uint8_t& w : weights.data) w = palette[w % palette.size()];
}

// Random quantisation of an activation. Its scale suits a sum of `terms` products.
inline ir::Quantization trial_quantization(TrialRandom& random, int32_t terms) {
  const float scale = random.real(0.002f, 0.02f) * static_cast<float>(terms < 64 ? terms : 64);
  const int32_t zero = random.between(0, 2) == 0 ? -128 : random.between(-128, 127);
  return {{scale}, {zero}, -1};
}

inline std::string trial_activation(TrialRandom& random) {
  const char* const names[] = {"none", "relu", "relu6", "relu_n1_to_1"};
  return names[random.between(0, 3)];
}

// The bytes of the params struct.
inline std::vector<uint8_t> params_bytes(const std::vector<ir::Param>& params) {
  std::vector<uint8_t> bytes(params.size() * 4);
  for (size_t i = 0; i < params.size(); ++i) {
    std::visit([&](auto value) { std::memcpy(bytes.data() + 4 * i, &value, 4); }, params[i].value);
  }
  return bytes;
}

// Runs a kernel body on the graph's only node with x as its first input: checks the operands' sizes
// as the virtual machine does, then computes. Result: bytes of the first output.
inline std::vector<int8_t> run_entry(const ir::Graph& graph, const ir::LoweredOp& lowered,
                                     const KernelEntry& entry, const std::vector<int8_t>& x) {
  const ir::Node& node = graph.nodes.front();
  std::vector<std::unique_ptr<uint8_t[]>> exact;
  std::vector<void*> pointers;
  std::vector<uint32_t> sizes;
  size_t output = 0;
  for (const ir::Operand& operand : lowered.operands) {
    const ir::Tensor* tensor =
        operand.kind == ir::Operand::Kind::tensor ? &graph.tensor(operand.tensor) : nullptr;
    const std::vector<uint8_t>& data = tensor != nullptr ? tensor->data : operand.data;
    const size_t bytes = tensor != nullptr ? static_cast<size_t>(tensor->byte_size())
                         : operand.kind == ir::Operand::Kind::scratch ? operand.bytes
                                                                      : data.size();
    exact.push_back(std::make_unique<uint8_t[]>(bytes));  // new[] aligns to 16
    std::memset(exact.back().get(), 0xa5, bytes);
    if (!data.empty()) std::memcpy(exact.back().get(), data.data(), bytes);
    if (tensor != nullptr && operand.tensor == node.inputs.front()) {
      std::memcpy(exact.back().get(), x.data(), bytes);
    }
    if (tensor != nullptr && operand.tensor == node.outputs.front()) output = exact.size() - 1;
    pointers.push_back(exact.back().get());
    sizes.push_back(static_cast<uint32_t>(bytes));
  }
  const std::vector<uint8_t> params = params_bytes(lowered.params);
  auto aligned = std::make_unique<uint32_t[]>(params.size() / 4);
  std::memcpy(aligned.get(), params.data(), params.size());
  if (entry.check(aligned.get(), sizes.data()) != Status::ok) {
    throw std::runtime_error("check refuses what lowering made");
  }
  entry.run(aligned.get(), pointers.data());
  const auto* y = reinterpret_cast<const int8_t*>(exact[output].get());
  return {y, y + sizes[output]};
}

// Runs `kernel`: its portable body, and the one that this machine's virtual machine calls. Throws
// std::runtime_error when they differ.
inline std::vector<int8_t> run_kernel(const ir::Graph& graph, const ir::KernelInfo& kernel,
                                      const std::vector<int8_t>& x) {
  const ir::LoweredOp lowered = kernel.lower(graph, graph.nodes.front());
  const std::string symbol(kernel.symbol);
  if (lowered.operands.size() != kernel.entry.operand_count()) {
    throw std::runtime_error(symbol + ": wrong number of operands");
  }
  const std::vector<int8_t> y = run_entry(graph, lowered, kernel.entry, x);
  if (!cpu_runs(kernel.isa)) return y;
  for (size_t i = 0; i < board_kernels.count; ++i) {
    const KernelEntry& entry = board_kernels.entries[i];
    if (entry.id != kernel.entry.id) continue;
    if (run_entry(graph, lowered, entry, x) != y) {
      throw std::runtime_error(symbol + ": this CPU's code and the portable code differ");
    }
  }
  return y;
}

}  // namespace mote

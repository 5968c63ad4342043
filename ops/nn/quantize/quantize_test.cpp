#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "compiler/interpret.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

std::vector<uint8_t> float_bytes(const std::vector<float>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<uint8_t> run(const char* op, DType from, const Quantization& qx, const Quantization& qy,
                         const std::vector<uint8_t>& x, int32_t count) {
  Graph graph;
  graph.inputs = {graph.add_tensor({"x", from, {count}, qx, false, {}})};
  graph.outputs = graph.add_node(op, graph.inputs, {});
  graph.tensor(graph.outputs[0]).quantization = qy;
  Interpreter interpreter(graph, host_target());
  interpreter.run(std::vector<std::vector<uint8_t>>{x});
  const auto bytes = interpreter.bytes(graph.outputs[0]);
  return {bytes.begin(), bytes.end()};
}

TEST(Quantize, RoundsFloatsHalfAwayFromZero) {
  constexpr uint32_t seed = 11;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  TrialRandom random(seed);
  std::vector<float> x{0.0f,         -0.0f,  0.25f, -0.25f, 0.24999999f,
                       -0.24999999f, 0.75f,  1e30f, -1e30f, std::numeric_limits<float>::infinity(),
                       63.75f,       -64.25f};
  while (x.size() < 5000) x.push_back(random.real(-80, 80));
  const auto y = run("quantize", DType::f32, {}, {{0.5f}, {3}, -1}, float_bytes(x),
                     static_cast<int32_t>(x.size()));
  for (size_t i = 0; i < x.size(); ++i) {
    const float expected = std::min(std::max(std::round(x[i] / 0.5f) + 3, -128.0f), 127.0f);
    ASSERT_EQ(static_cast<int8_t>(y[i]), expected) << x[i];
  }
}

TEST(Quantize, NotANumberIsZero) {
  const auto y = run("quantize", DType::f32, {}, {{0.5f}, {3}, -1},
                     float_bytes({std::numeric_limits<float>::quiet_NaN()}), 1);
  EXPECT_EQ(static_cast<int8_t>(y[0]), 3);
}

// By powers of two the rescaling is exact but for halves, which a multiplier of one half rounds up.
TEST(Quantize, ChangesScale) {
  for (int32_t value = -128; value <= 127; ++value) {
    const auto stored = static_cast<uint8_t>(value);
    const auto wider =
        run("quantize", DType::i8, {{0.25f}, {5}, -1}, {{0.5f}, {-7}, -1}, {stored}, 1);
    EXPECT_EQ(static_cast<int8_t>(wider[0]),
              std::max(std::floor((value - 5) / 2.0 + 0.5) - 7, -128.0));
    const auto finer =
        run("quantize", DType::i8, {{0.5f}, {5}, -1}, {{0.25f}, {-7}, -1}, {stored}, 1);
    EXPECT_EQ(static_cast<int8_t>(finer[0]), std::min(std::max((value - 5) * 2 - 7, -128), 127));
  }
}

TEST(Dequantize, MultipliesByTheScale) {
  std::vector<uint8_t> x;
  for (int32_t value = -128; value <= 127; ++value) x.push_back(static_cast<uint8_t>(value));
  const auto bytes = run("dequantize", DType::i8, {{0.1f}, {-3}, -1}, {}, x, 256);
  for (int32_t value = -128; value <= 127; ++value) {
    float y = 0;
    std::memcpy(&y, bytes.data() + 4 * (value + 128), sizeof y);
    EXPECT_EQ(y, static_cast<float>(static_cast<double>(0.1f) * (value + 3)));
  }
}

TEST(Relu, RescalesAndCuts) {
  for (int32_t value = -128; value <= 127; ++value) {
    const auto y = run("relu", DType::i8, {{0.5f}, {-20}, -1}, {{0.25f}, {-128}, -1},
                       {static_cast<uint8_t>(value)}, 1);
    EXPECT_EQ(static_cast<int8_t>(y[0]), std::min(std::max((value + 20) * 2 - 128, -128), 127));
  }
}

TEST(Relu6, CutsAtBothEnds) {
  const Quantization q{{0.1f}, {10}, -1};
  for (int32_t value = -128; value <= 127; ++value) {
    const auto y = run("relu6", DType::i8, q, q, {static_cast<uint8_t>(value)}, 1);
    EXPECT_EQ(static_cast<int8_t>(y[0]), std::min(std::max(value, 10), 70));
  }
}

}  // namespace
}  // namespace mote

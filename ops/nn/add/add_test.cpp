#include <gtest/gtest.h>

#include <cmath>

#include "compiler/interpret.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// TensorFlow Lite's arithmetic written from gemmlowp's definitions, in 64 bits.
int64_t high_mul(int64_t a, int64_t b) {
  const int64_t nudge = a * b >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return (a * b + nudge) / (int64_t{1} << 31);
}
int64_t scale_below_one(int64_t x, double real) {
  int exponent = 0;
  auto m = static_cast<int64_t>(std::round(std::frexp(real, &exponent) * 2147483648.0));
  if (m == int64_t{1} << 31) {
    m /= 2;
    ++exponent;
  }
  const auto power = static_cast<double>(int64_t{1} << -exponent);
  return static_cast<int64_t>(std::round(static_cast<double>(high_mul(x, m)) / power));
}

TEST(Add, ComputesTensorFlowLitesDefinition) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const int32_t inner = random.between(1, 6), outer = random.between(1, 6);
    const bool repeated = random.between(0, 1) == 1;
    const Quantization qa{{random.real(0.01f, 0.2f)}, {random.between(-128, 127)}, -1};
    const Quantization qb{{random.real(0.01f, 0.2f)}, {random.between(-128, 127)}, -1};
    const Quantization qy{{random.real(0.02f, 0.4f)}, {random.between(-128, 127)}, -1};
    Graph graph;
    const TensorId a = graph.add_tensor({"a", DType::i8, {outer, inner}, qa, false, {}});
    const Shape b_shape = repeated ? Shape{inner} : Shape{outer, inner};
    const TensorId b = graph.add_tensor({"b", DType::i8, b_shape, qb, false, {}});
    graph.inputs = {a, b};
    // Either order: the larger one comes first in the kernel.
    const auto inputs =
        random.between(0, 1) == 1 ? std::vector<TensorId>{a, b} : std::vector<TensorId>{b, a};
    const TensorId y = graph.add_node("add", inputs, {}).front();
    graph.tensor(y).quantization = qy;
    graph.outputs = {y};

    const auto xa = random.bytes(outer * inner, -128, 127);
    const auto xb = random.bytes(repeated ? inner : outer * inner, -128, 127);
    Interpreter interpreter(graph, host_target());
    const std::vector<std::vector<uint8_t>> bytes{{xa.begin(), xa.end()}, {xb.begin(), xb.end()}};
    interpreter.run(bytes);
    const double twice = 2.0 * static_cast<double>(std::max(qa.scale[0], qb.scale[0]));
    for (size_t i = 0; i < xa.size(); ++i) {
      const int64_t left = scale_below_one(int64_t{xa[i] - qa.zero_point[0]} << 20,
                                           static_cast<double>(qa.scale[0]) / twice);
      const int64_t right = scale_below_one(int64_t{xb[i % xb.size()] - qb.zero_point[0]} << 20,
                                            static_cast<double>(qb.scale[0]) / twice);
      const int64_t sum =
          scale_below_one(left + right, twice / (1048576.0 * static_cast<double>(qy.scale[0])));
      const int64_t expected =
          std::min<int64_t>(std::max<int64_t>(sum + qy.zero_point[0], -128), 127);
      ASSERT_EQ(static_cast<int8_t>(interpreter.bytes(y)[i]), expected) << i;
    }
  }
}

// int8 kernels repeat the end of a shape; other types broadcast, and refuse what can't be.
TEST(Add, RefusesShapesThatDoNotRepeat) {
  Graph graph;
  const auto add = [&](DType dtype, const Shape& small) {
    const TensorId a = graph.add_tensor({"a", dtype, {2, 3}, {}, false, {}});
    const TensorId b = graph.add_tensor({"b", dtype, small, {}, false, {}});
    return graph.add_node("add", {a, b}, {});
  };
  EXPECT_THROW(add(DType::i8, {2, 1}), GraphError);
  EXPECT_THROW(add(DType::f32, {2}), GraphError);
  EXPECT_NO_THROW(add(DType::f32, {2, 1}));
}

}  // namespace
}  // namespace mote

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

Graph softmax_graph(int32_t rows, int32_t columns, float scale, double beta) {
  Graph graph;
  const TensorId x =
      graph.add_tensor({"x", DType::i8, {rows, columns}, {{scale}, {5}, -1}, false, {}});
  const auto y = graph.add_node("softmax", {x}, {{"beta", beta}});
  graph.tensor(y[0]).quantization = {{1.0f / 256}, {-128}, -1};
  return graph;
}

std::vector<int8_t> run(const Graph& graph, const std::vector<int8_t>& x) {
  return run_kernel(graph, find_op("softmax").kernels[0], x);
}

// Bit exactness is the golden vectors' matter; here the result has to be the function.
TEST(Softmax, StaysWithinOneStepOfTheFunction) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const int32_t rows = random.between(1, 3), columns = random.between(1, 40);
    const float scale = random.real(0.01f, 0.4f);
    const double beta = random.real(0.5f, 2.0f);
    const Graph graph = softmax_graph(rows, columns, scale, beta);
    const auto x = random.bytes(rows * columns, -128, 127);
    const auto y = run(graph, x);
    for (int32_t row = 0; row < rows; ++row) {
      const auto* in = x.data() + row * columns;
      double sum = 0;
      for (int32_t c = 0; c < columns; ++c) sum += std::exp(beta * scale * in[c]);
      for (int32_t c = 0; c < columns; ++c) {
        const double exact = 256 * std::exp(beta * scale * in[c]) / sum - 128;
        ASSERT_NEAR(y[static_cast<size_t>(row * columns + c)], std::min(exact, 127.0), 1.0);
      }
    }
  }
}

// Exact values that follow from the definition: equal scores share 256 evenly, one score takes all.
TEST(Softmax, KnownValues) {
  EXPECT_EQ(run(softmax_graph(1, 4, 0.1f, 1), {7, 7, 7, 7}),
            (std::vector<int8_t>{-64, -64, -64, -64}));
  EXPECT_EQ(run(softmax_graph(1, 1, 0.1f, 1), {-3}), (std::vector<int8_t>{127}));
  EXPECT_EQ(run(softmax_graph(1, 3, 1.0f, 1), {100, -100, -128}),
            (std::vector<int8_t>{127, -128, -128}));
}

TEST(Softmax, RefusesAnotherOutputScale) {
  Graph graph = softmax_graph(1, 4, 0.1f, 1);
  graph.tensor(graph.nodes[0].outputs[0]).quantization.zero_point[0] = 0;
  EXPECT_THROW(run(graph, {1, 2, 3, 4}), GraphError);
}

// Steps of 1/32768; the tables and the reciprocal err by a few of them.
TEST(Softmax, Int16IsNearTheFormula) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const int32_t columns = random.between(1, 30);
    const float scale = random.real(0.00002f, 0.0005f);
    std::vector<int16_t> x;
    for (int32_t i = 0; i < columns; ++i) {
      x.push_back(static_cast<int16_t>(random.between(-32768, 32767)));
    }
    OpTrial trial;
    trial.input(ir::DType::i16, {1, columns}, x, {{scale}, {0}, -1});
    const auto y = values_of<int16_t>(trial.run("softmax", {}, {{{1.0f / 32768}, {0}, -1}})[0]);
    const int16_t largest = *std::max_element(x.begin(), x.end());
    const auto power = [&](int16_t value) {  // of what lies below -10, e^-10 is taken
      return std::exp(std::max(static_cast<double>(scale) * (value - largest), -10.0));
    };
    double sum = 0;
    for (int16_t value : x) sum += power(value);
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = 32768 * power(x[i]) / sum;
      ASSERT_NEAR(y[i], std::min(exact, 32767.0), 12);
    }
  }
}

}  // namespace
}  // namespace mote

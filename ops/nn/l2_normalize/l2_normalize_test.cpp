#include <gtest/gtest.h>

#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

const Quantization output{{1.0f / 128}, {0}, -1};

TEST(L2Normalize, Int8OfValuesThatAreKnown) {
  // 3-4-5: 128 * 0.6 = 76.8 and 128 * 0.8 = 102.4. One value alone is 1, which saturates.
  OpTrial trial;
  trial.input<int8_t>(DType::i8, {3, 2}, {35, 45, 5, 75, 5, 5}, {{0.3f}, {5}, -1});
  EXPECT_EQ(values_of<int8_t>(trial.run("l2_normalize", {}, {output})[0]),
            (std::vector<int8_t>{77, 102, 0, 127, 0, 0}));
  OpTrial negative;
  negative.input<int8_t>(DType::i8, {1, 2}, {-100, 0}, {{0.3f}, {0}, -1});
  EXPECT_EQ(values_of<int8_t>(negative.run("l2_normalize", {}, {output})[0]),
            (std::vector<int8_t>{-128, 0}));
}

// Integers between -128 and 127, so that halves are the only places where roundings could differ.
TEST(L2Normalize, Int8IsTheNearestStep) {
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const int32_t columns = random.between(1, 50);
    const Quantization q{{0.1f}, {random.between(-128, 127)}, -1};
    const auto x = random.bytes(columns, -128, 127);
    OpTrial trial;
    trial.input(DType::i8, {columns}, x, q);
    const auto y = values_of<int8_t>(trial.run("l2_normalize", {}, {output})[0]);
    double squares = 0;
    for (int8_t value : x) squares += (value - q.zero_point[0]) * (value - q.zero_point[0]);
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = 128 * (x[i] - q.zero_point[0]) / std::sqrt(std::max(squares, 1.0));
      ASSERT_NEAR(y[i], std::min(exact, 127.0), 0.501);
    }
  }
}

TEST(L2Normalize, Floats) {
  OpTrial trial;
  trial.input<float>(DType::f32, {2, 3}, {1, -2, 2, 0, 0, 0});
  const auto y = values_of<float>(trial.run("l2_normalize", {}, {{}})[0]);
  EXPECT_EQ(y, (std::vector<float>{1.0f / 3, -2.0f / 3, 2.0f / 3, 0, 0, 0}));
}

}  // namespace
}  // namespace mote

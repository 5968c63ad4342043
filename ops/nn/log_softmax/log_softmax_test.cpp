#include <gtest/gtest.h>

#include <cmath>

#include "core/fixed_log.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

TEST(FixedLog, IsWithinAMillionthOfTheCLibrary) {
  for (double x = 1; x < 4095; x = x * 1.0007 + 1e-4) {
    const auto stored = static_cast<int32_t>(x * (1 << 19));
    const double exact = std::log(static_cast<double>(stored) / (1 << 19));
    ASSERT_NEAR(static_cast<double>(log_q12(stored)) / (1 << 26), exact, 1e-6) << x;
  }
  EXPECT_EQ(log_q12(1 << 19), 0);
}

const Quantization output{{1.0f / 16}, {127}, -1};

// Real values, stored with 20/255 and zero point 0, and results: what TensorFlow Lite's own test
// of the operator states.
TEST(LogSoftmax, Int8GivesTensorFlowLitesValues) {
  const Quantization q{{20.0f / 255}, {0}, -1};
  std::vector<int8_t> x;
  for (float real : {0.0f, -6.0f, 2.0f, 4.0f, 3.0f, -2.0f, 10.0f, 1.0f}) {
    x.push_back(static_cast<int8_t>(std::min(std::round(real / q.scale[0]), 127.0f)));
  }
  OpTrial trial;
  trial.input(DType::i8, {2, 4}, x, q);
  EXPECT_EQ(values_of<int8_t>(trial.run("log_softmax", {}, {output})[0]),
            (std::vector<int8_t>{61, -36, 93, 125, 15, -65, 127, -16}));
}

TEST(LogSoftmax, Int8IsWithinOneStepOfTheFormula) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const int32_t columns = random.between(1, 40);
    const Quantization q{{random.real(0.0005f, 0.4f)}, {random.between(-128, 127)}, -1};
    const auto x = random.bytes(3 * columns, -128, 127);
    OpTrial trial;
    trial.input(DType::i8, {3, columns}, x, q);
    const auto y = values_of<int8_t>(trial.run("log_softmax", {}, {output})[0]);
    for (int32_t row = 0; row < 3; ++row) {
      const auto real = [&](int32_t c) {
        return static_cast<double>(q.scale[0]) * x[static_cast<size_t>(row * columns + c)];
      };
      double sum = 0;
      for (int32_t c = 0; c < columns; ++c) sum += std::exp(real(c) - real(0));
      for (int32_t c = 0; c < columns; ++c) {
        const double exact = 16 * (real(c) - real(0) - std::log(sum)) + 127;
        ASSERT_NEAR(y[static_cast<size_t>(row * columns + c)], std::max(exact, -128.0), 0.51);
      }
    }
  }
}

TEST(LogSoftmax, Floats) {
  OpTrial trial;
  trial.input<float>(DType::f32, {2, 4}, {0, -6, 2, 4, 3, -2, 10, 1});
  const auto y = values_of<float>(trial.run("log_softmax", {}, {{}})[0]);
  const double expected[] = {-4.14297, -10.14297, -2.14297,   -0.142971,
                             -7.00104, -12.00104, -.00104087, -9.00104};
  for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(static_cast<double>(y[i]), expected[i], 1e-5);
}

}  // namespace
}  // namespace mote

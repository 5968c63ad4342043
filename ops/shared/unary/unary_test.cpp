// Functions of one tensor against the C library's, in float and for all 256 values of int8.
#include <gtest/gtest.h>

#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

struct Function {
  const char* op;
  double (*f)(double);
  double low, high;  // where it is tried
};

double rsqrt(double x) {
  return 1 / std::sqrt(x);
}
double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}
double elu(double x) {
  return x < 0 ? std::expm1(x) : x;
}
double hard_swish(double x) {
  return x * std::min(std::max(x + 3, 0.0), 6.0) / 6;
}
double gelu(double x) {
  return x / 2 * (1 + std::erf(x / std::sqrt(2.0)));
}
double square(double x) {
  return x * x;
}
double negative(double x) {
  return -x;
}
double cut1(double x) {
  return std::min(std::max(x, -1.0), 1.0);
}
double cut01(double x) {
  return std::min(std::max(x, 0.0), 1.0);
}

const Function functions[] = {{"abs", std::fabs, -8, 8},
                              {"neg", negative, -8, 8},
                              {"square", square, -8, 8},
                              {"sqrt", std::sqrt, 0.01, 16},
                              {"rsqrt", rsqrt, 0.05, 16},
                              {"exp", std::exp, -8, 3},
                              {"ln", std::log, 0.01, 16},
                              {"sin", std::sin, -8, 8},
                              {"cos", std::cos, -8, 8},
                              {"floor", std::floor, -8, 8},
                              {"ceil", std::ceil, -8, 8},
                              {"round", std::nearbyint, -8, 8},
                              {"logistic", logistic, -12, 12},
                              {"tanh", std::tanh, -12, 12},
                              {"elu", elu, -8, 8},
                              {"hard_swish", hard_swish, -8, 8},
                              {"gelu", gelu, -6, 6},
                              {"relu_n1_to_1", cut1, -3, 3},
                              {"relu_0_to_1", cut01, -3, 3}};

TEST(Unary, FloatsAreWithinAMillionthOfTheCLibrary) {
  for (const Function& function : functions) {
    constexpr uint32_t seed = 5;
    TrialRandom random(seed);
    std::vector<float> x{static_cast<float>(function.low), static_cast<float>(function.high)};
    if (function.low < 0) x.insert(x.end(), {0.0f, 0.5f, -0.5f, 1.5f, -1.5f, 1e-6f, -1e-6f});
    while (x.size() < 2000) {
      x.push_back(random.real(static_cast<float>(function.low), static_cast<float>(function.high)));
    }
    OpTrial trial;
    trial.input(DType::f32, {static_cast<int32_t>(x.size())}, x);
    const auto y = values_of<float>(trial.run(function.op, {}, {{}})[0]);
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = function.f(static_cast<double>(x[i]));
      ASSERT_NEAR(static_cast<double>(y[i]), exact, 1e-6 * std::max(1.0, std::fabs(exact)))
          << function.op << "(" << x[i] << ")";
    }
  }
}

// The integer arithmetic of logistic, tanh, hard_swish and rsqrt rounds more than once.
TEST(Unary, Int8IsTheNearestStepOrTheNext) {
  for (const Function& function : functions) {
    const float scale = static_cast<float>((function.high - function.low) / 255);
    const int32_t zero =
        static_cast<int32_t>(std::round(-128 - function.low / static_cast<double>(scale)));
    const int32_t x_zero = std::clamp(zero, -128, 127);
    const std::string op = function.op;
    const Quantization qx{{scale}, {x_zero}, -1};
    const Quantization qy = op == "logistic" ? Quantization{{1.0f / 256}, {-128}, -1}
                            : op == "tanh"   ? Quantization{{1.0f / 128}, {0}, -1}
                                             : Quantization{{0.07f}, {-20}, -1};
    std::vector<int8_t> x;
    for (int32_t value = -128; value <= 127; ++value) x.push_back(static_cast<int8_t>(value));
    OpTrial trial;
    trial.input(DType::i8, {256}, x, qx);
    const auto y = values_of<int8_t>(trial.run(op, {}, {qy})[0]);
    for (size_t i = 0; i < x.size(); ++i) {
      const double real = static_cast<double>(scale) * (x[i] - x_zero);
      if (function.low > 0 && real < function.low) continue;
      const double exact = function.f(real) / static_cast<double>(qy.scale[0]) + qy.zero_point[0];
      ASSERT_NEAR(y[i], std::clamp(exact, -128.0, 127.0), 1.01) << op << "(" << real << ")";
    }
  }
}

TEST(Unary, LeakyReluInAllTypes) {
  const Quantization qx{{0.1f}, {0}, -1}, qy{{0.05f}, {0}, -1};
  std::vector<int16_t> wide;
  for (int32_t value = -1000; value <= 1000; ++value) wide.push_back(static_cast<int16_t>(value));
  OpTrial trial;
  trial.input(DType::i16, {2001}, wide, qx);
  const auto y = values_of<int16_t>(trial.run("leaky_relu", {{"alpha", 0.25}}, {qy})[0]);
  for (size_t i = 0; i < wide.size(); ++i) {
    const double exact = wide[i] < 0 ? wide[i] * 0.5 : wide[i] * 2.0;
    ASSERT_NEAR(y[i], exact, 0.51) << wide[i];
  }
  OpTrial floats;
  floats.input<float>(DType::f32, {3}, {-2.0f, 0.0f, 3.0f});
  EXPECT_EQ(values_of<float>(floats.run("leaky_relu", {{"alpha", 0.25}}, {{}})[0]),
            (std::vector<float>{-0.5f, 0.0f, 3.0f}));
}

// Scales that are taken as they are, and one that needs a multiplier.
TEST(Unary, LogisticAndTanhOfInt16AreWithinFourSteps) {
  for (const float scale : {1.0f / 4096, 1.0f / 2048, 0.00031f}) {
    std::vector<int16_t> x;
    for (int32_t value = -32768; value <= 32767; value += 7)
      x.push_back(static_cast<int16_t>(value));
    for (const bool hyperbolic : {false, true}) {
      OpTrial trial;
      trial.input(DType::i16, {static_cast<int32_t>(x.size())}, x, {{scale}, {0}, -1});
      const auto y = values_of<int16_t>(
          trial.run(hyperbolic ? "tanh" : "logistic", {}, {{{1.0f / 32768}, {0}, -1}})[0]);
      for (size_t i = 0; i < x.size(); ++i) {
        const double real = static_cast<double>(scale) * x[i];
        const double exact = 32768 * (hyperbolic ? std::tanh(real) : logistic(real));
        ASSERT_NEAR(y[i], std::min(exact, 32767.0), 4) << real;
      }
    }
  }
}

TEST(Unary, LogicalNot) {
  OpTrial trial;
  trial.input<uint8_t>(DType::boolean, {3}, {0, 1, 0});
  EXPECT_EQ(trial.run("logical_not", {}, {{}})[0], (std::vector<uint8_t>{1, 0, 1}));
}

}  // namespace
}  // namespace mote

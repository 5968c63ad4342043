#include <gtest/gtest.h>

#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

TEST(AddN, Floats) {
  OpTrial trial;
  for (int32_t k = 0; k < 11; ++k) {
    trial.input<float>(DType::f32, {2}, {1.0f, static_cast<float>(k)});
  }
  EXPECT_EQ(values_of<float>(trial.run("add_n", {}, {{}})[0]), (std::vector<float>{11, 55}));
}

// tflite-micro starts at the stored 0: the zero point counts once more than there are inputs.
TEST(AddN, Int8StartsAtTheStoredZero) {
  for (const int32_t zero : {0, 9, -100}) {
    const Quantization q{{0.25f}, {zero}, -1};
    const std::vector<int8_t> a{1, 2, -3, 127, -128}, b{10, -20, 30, 127, -128},
        c{0, 1, 5, -128, 127};
    OpTrial trial;
    for (const auto& x : {a, b, c}) trial.input(DType::i8, {5}, x, q);
    const auto y = values_of<int8_t>(trial.run("add_n", {}, {{{1.0f}, {-4}, -1}})[0]);
    for (size_t i = 0; i < a.size(); ++i) {
      const double sum = a[i] + b[i] + c[i] - 4 * zero;
      ASSERT_EQ(y[i], std::clamp(std::round(sum / 4) - 4, -128.0, 127.0)) << zero;
    }
  }
}

TEST(AddN, RefusesMoreThanAKernelTakes) {
  OpTrial trial;
  for (int32_t k = 0; k < 12; ++k) trial.input<float>(DType::f32, {1}, {1.0f});
  EXPECT_THROW(trial.run("add_n", {}, {{}}), GraphError);
}

}  // namespace
}  // namespace mote

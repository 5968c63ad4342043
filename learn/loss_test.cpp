#include "learn/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace mote::learn {
namespace {

TEST(CrossEntropy, OfEvenLogitsIsTheLogOfTheClasses) {
  const std::vector<float> logits(8, 3.0f);
  const std::vector<int32_t> labels{0, 3};
  EXPECT_NEAR(cross_entropy(logits, targets_of(labels, 4, {}, 0), {}), std::log(4.0), 1e-12);
}

TEST(CrossEntropy, StaysFiniteForHugeLogits) {
  const std::vector<float> logits{1e30f, -1e30f, 0};
  const std::vector<int32_t> labels{0};
  std::vector<float> gradient(3);
  EXPECT_NEAR(cross_entropy(logits, targets_of(labels, 3, {}, 0), gradient), 0.0, 1e-12);
  EXPECT_EQ(gradient, (std::vector<float>{0, 0, 0}));
}

class LossGradient : public testing::TestWithParam<float> {};

TEST_P(LossGradient, OfWeightedCrossEntropyAgreesWithDifferences) {
  std::vector<float> logits{0.3f, -1.2f, 2.0f, 0.7f, 0.1f, -0.4f};
  const std::vector<int32_t> labels{2, 1};
  const std::vector<float> weights{1.0f, 3.0f, 0.5f};
  const Targets targets = targets_of(labels, 3, weights, GetParam());
  std::vector<float> gradient(6);
  cross_entropy(logits, targets, gradient);
  for (size_t i = 0; i < logits.size(); ++i) {
    const float at = logits[i];
    logits[i] = at + 1e-3f;
    const double above = cross_entropy(logits, targets, {});
    logits[i] = at - 1e-3f;
    const double below = cross_entropy(logits, targets, {});
    logits[i] = at;
    EXPECT_NEAR((above - below) / 2e-3, gradient[i], 1e-4) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Smoothing, LossGradient, testing::Values(0.0f, 0.1f));

TEST(FollowTeacher, IsAtItsLeastWhereTheTeacherIs) {
  const std::vector<float> teacher{0.3f, -1.2f, 2.0f}, elsewhere{0.5f, -1.2f, 1.9f};
  Targets targets = targets_of(std::vector<int32_t>{0}, 3, std::vector<float>{2, 1, 1}, 0);
  follow_teacher(teacher, 3, targets);
  EXPECT_FLOAT_EQ(targets.of[0] + targets.of[1] + targets.of[2], 1.0f);
  EXPECT_EQ(targets.weight, std::vector<float>{2});
  std::vector<float> gradient(3);
  const double least = cross_entropy(teacher, targets, gradient);
  for (float g : gradient) EXPECT_NEAR(g, 0, 1e-6);
  EXPECT_LT(least, cross_entropy(elsewhere, targets, {}));
}

TEST(MeanSquaredError, AndItsGradient) {
  const std::vector<float> y{1, 2, 3, 4}, target{1, 0, 3, 8};
  std::vector<float> gradient(4);
  EXPECT_DOUBLE_EQ(mean_squared_error(y, target, gradient), 5.0);
  EXPECT_EQ(gradient, (std::vector<float>{0, 1, 0, -2}));
}

TEST(MeanOutput, WeighsEverySampleAlike) {
  std::vector<float> gradient(4);
  EXPECT_DOUBLE_EQ(mean_output(std::vector<float>{1, 2, 3, 6}, gradient), 3.0);
  EXPECT_EQ(gradient, std::vector<float>(4, 0.25f));
}

}  // namespace
}  // namespace mote::learn

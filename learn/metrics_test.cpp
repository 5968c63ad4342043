#include "learn/metrics.hpp"

#include <gtest/gtest.h>

namespace mote::learn {
namespace {

TEST(Proportion, HasWilsonsInterval) {
  // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
  const Proportion many{81, 263}, few{15, 148}, none{0, 20}, one{1, 29};
  EXPECT_NEAR(many.low(), 0.2553, 5e-5);
  EXPECT_NEAR(many.high(), 0.3662, 5e-5);
  EXPECT_NEAR(few.low(), 0.0624, 5e-5);
  EXPECT_NEAR(few.high(), 0.1605, 5e-5);
  EXPECT_NEAR(none.low(), 0.0, 5e-5);
  EXPECT_NEAR(none.high(), 0.1611, 5e-5);
  EXPECT_NEAR(one.low(), 0.0061, 5e-5);
  EXPECT_NEAR(one.high(), 0.1718, 5e-5);
}

TEST(Confusion, CountsByTruthAndDecision) {
  const std::vector<int32_t> labels{0, 0, 0, 1, 1, 2}, guesses{0, 0, 1, 1, 1, 0};
  const Confusion confusion(3, labels, guesses);
  EXPECT_EQ(confusion.at(0, 1), 1);
  EXPECT_EQ(confusion.accuracy().hits, 4);
  EXPECT_EQ(confusion.accuracy().trials, 6);
  EXPECT_DOUBLE_EQ(confusion.recall(0).value(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(confusion.precision(1).value(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(confusion.balanced_accuracy(), (2.0 / 3 + 1 + 0) / 3);
  EXPECT_EQ(confusion.precision(2).trials, 0);
}

TEST(AreaUnderCurve, CountsPairsInOrder) {
  const std::vector<float> scores{0.1f, 0.4f, 0.35f, 0.8f};
  EXPECT_DOUBLE_EQ(area_under_curve(scores, std::vector<int32_t>{0, 0, 1, 1}), 0.75);
  EXPECT_DOUBLE_EQ(area_under_curve(std::vector<float>(4, 1.0f), std::vector<int32_t>{0, 1, 0, 1}),
                   0.5);
  EXPECT_DOUBLE_EQ(area_under_curve(scores, std::vector<int32_t>{0, 0, 0, 0}), 0.5);
}

TEST(Quantile, IsAScoreThatSoManyDoNotExceed) {
  const std::vector<float> scores{5, 1, 4, 2, 3};
  EXPECT_EQ(quantile(scores, 1.0), 5);
  EXPECT_EQ(quantile(scores, 0.6), 3);
  EXPECT_EQ(quantile(scores, 0.61), 4);
  EXPECT_EQ(quantile(scores, 0.01), 1);
}

}  // namespace
}  // namespace mote::learn

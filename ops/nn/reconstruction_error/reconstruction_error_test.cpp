#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "ops/nn/reconstruction_error/reconstruction_error_f32_reference.hpp"
#include "ops/nn/reconstruction_error/reconstruction_error_s8_reference.hpp"

namespace mote {
namespace {

TEST(ReconstructionError, EqualsTheMeanSquareInDouble) {
  constexpr uint32_t seed = 11;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int32_t count = 1; count <= 200; ++count) {
    std::vector<int8_t> x(static_cast<size_t>(count)), r(x.size());
    for (int8_t& v : x) v = static_cast<int8_t>(random());
    for (int8_t& v : r) v = static_cast<int8_t>(random());
    const ReconstructionErrorParams params{count, -5, 17, 0.031f, 0.027f};
    double expected = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double e = 0.031 * (x[i] + 5) - 0.027 * (r[i] - 17);
      expected += e * e / count;
    }
    float y = -1;
    void* operands[] = {x.data(), r.data(), &y};
    reconstruction_error_s8_reference(params, operands);
    ASSERT_NEAR(y, expected, 1e-4 * expected + 1e-6) << count;
  }
}

TEST(ReconstructionError, PerfectRestorationScoresZero) {
  int8_t x[4] = {-128, 0, 5, 127};
  float y = -1;
  void* operands[] = {x, x, &y};
  reconstruction_error_s8_reference(ReconstructionErrorParams{4, 3, 3, 0.5f, 0.5f}, operands);
  EXPECT_EQ(y, 0.0f);
}

TEST(ReconstructionError, CheckSeesShortOperands) {
  const ReconstructionErrorParams params{8, 0, 0, 1, 1};
  const uint32_t enough[] = {8, 8, 4}, short_x[] = {7, 8, 4}, short_y[] = {8, 8, 3};
  EXPECT_EQ(reconstruction_error_check(params, enough), Status::ok);
  EXPECT_EQ(reconstruction_error_check(params, short_x), Status::out_of_bounds);
  EXPECT_EQ(reconstruction_error_check(params, short_y), Status::out_of_bounds);
}

TEST(ReconstructionError, OfFloatsIsTheMeanSquareOfTheirDifferences) {
  float x[3] = {1, 2, -3}, r[3] = {1.5f, 0, -3}, y = -1;
  void* operands[] = {x, r, &y};
  reconstruction_error_f32_reference(ReconstructionErrorF32Params{3}, operands);
  EXPECT_FLOAT_EQ(y, 4.25f / 3);
  const uint32_t enough[] = {12, 12, 4}, short_r[] = {12, 11, 4};
  EXPECT_EQ(reconstruction_error_f32_check({3}, enough), Status::ok);
  EXPECT_EQ(reconstruction_error_f32_check({3}, short_r), Status::out_of_bounds);
  EXPECT_EQ(reconstruction_error_f32_check({0}, enough), Status::bad_params);
}

}  // namespace
}  // namespace mote

#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(SpectralPeaks, FindsTheLargestMaximaInOrder) {
  // Bin width 1 Hz: 33 bins from 0 to 32.
  std::vector<float> x(33, 0.5f);
  x[5] = 3.0f;
  x[12] = 7.0f;
  x[13] = 6.0f;
  x[20] = 3.0f;
  x[30] = 4.0f;
  x[0] = 99.0f;  // edges are no maxima
  x[32] = 99.0f;
  OpUnderTest op("spectral_peaks", {1, 33}, x, {{"rate_hz", 64.0}, {"peaks", int64_t{3}}});
  const OpResult y = op.run();
  ASSERT_EQ(y.shape, (ir::Shape{1, 6}));
  EXPECT_NEAR(y.values[0], 12.0 + 0.5 * (6.0 - 0.5) / (6.0 - 0.5 + 2.0 * (7.0 - 6.0)), 1e-5);
  EXPECT_EQ(y.values[1], 7.0f);
  EXPECT_FLOAT_EQ(y.values[2], 30.0f);
  EXPECT_EQ(y.values[3], 4.0f);
  EXPECT_FLOAT_EQ(y.values[4], 5.0f);  // of equal ones, the lower frequency
  EXPECT_EQ(y.values[5], 3.0f);
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
}

TEST(SpectralPeaks, MissingOnesAreTheFloor) {
  const std::vector<float> slope = {5, 4, 3, 2, 1};
  const OpResult y =
      OpUnderTest("spectral_peaks", {1, 5}, slope, {{"rate_hz", 8.0}, {"peaks", int64_t{2}}}).run();
  EXPECT_EQ(y.values, (std::vector<float>{0, 1, 0, 1}));
}

TEST(SpectralPeaks, EqualsSortingAllMaxima) {
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const auto x = random_signal(65, seed);
    const OpResult y =
        OpUnderTest("spectral_peaks", {1, 65}, x, {{"rate_hz", 128.0}, {"peaks", int64_t{16}}})
            .run();
    std::vector<float> maxima;
    for (size_t k = 1; k < 64; ++k) {
      if (x[k] > x[k - 1] && x[k] >= x[k + 1]) maxima.push_back(x[k]);
    }
    std::sort(maxima.rbegin(), maxima.rend());
    maxima.resize(16, *std::min_element(x.begin(), x.end()));
    for (size_t p = 0; p < 16; ++p) ASSERT_EQ(y.values[2 * p + 1], maxima[p]) << p;
  }
}

}  // namespace
}  // namespace mote

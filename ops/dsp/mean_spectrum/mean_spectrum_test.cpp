#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(MeanSpectrum, EqualsWelchsDefinition) {
  const size_t n = 64, axes = 2, length = 200;
  const auto x = random_signal(length * axes, 9);
  OpUnderTest op(
      "mean_spectrum", {200, 2}, x,
      {{"frame_length", int64_t{50}}, {"hop", int64_t{25}}, {"fft_length", int64_t{64}}});
  const OpResult y = op.run();
  ASSERT_EQ(y.shape, (ir::Shape{2, 33}));
  for (size_t axis = 0; axis < axes; ++axis) {
    std::vector<double> expected(n / 2 + 1, 0.0);
    for (size_t f = 0; f < 7; ++f) {
      std::vector<double> frame(50);
      double mean = 0;
      for (size_t i = 0; i < 50; ++i) mean += x[(f * 25 + i) * axes + axis] / 50.0;
      for (size_t i = 0; i < 50; ++i) {
        const double turn = static_cast<double>(i) / 50.0;
        const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
        frame[i] = window * 2.0 / 25.0 * (x[(f * 25 + i) * axes + axis] - mean);
      }
      for (size_t k = 0; k <= n / 2; ++k) {
        const auto [re, im] = slow_bin(frame, n, k);
        expected[k] += (re * re + im * im) / 7.0;
      }
    }
    for (size_t k = 0; k <= n / 2; ++k) {
      ASSERT_NEAR(y.values[axis * 33 + k], expected[k], 1e-6) << axis << ' ' << k;
    }
  }
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
}

TEST(MeanSpectrum, SineOfAmplitudeAHasPowerASquared) {
  std::vector<float> x(512);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = 9.81f + 3.0f * static_cast<float>(std::sin(2.0 * std::numbers::pi * 8.0 / 128.0 *
                                                      static_cast<double>(i)));
  }
  const OpResult y =
      OpUnderTest(
          "mean_spectrum", {512, 1}, x,
          {{"frame_length", int64_t{128}}, {"hop", int64_t{64}}, {"fft_length", int64_t{128}}})
          .run();
  EXPECT_NEAR(y.values[8], 9.0, 1e-4);
  EXPECT_NEAR(y.values[0], 0.0, 1e-4);
}

}  // namespace
}  // namespace mote

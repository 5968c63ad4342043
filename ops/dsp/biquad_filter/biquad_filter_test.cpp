#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

std::vector<float> sine(double cycles_per_sample, size_t length) {
  std::vector<float> x(length);
  for (size_t i = 0; i < length; ++i) {
    x[i] = static_cast<float>(
        std::sin(2.0 * std::numbers::pi * cycles_per_sample * static_cast<double>(i)));
  }
  return x;
}

// Gain of a steady sine; the second half, after the transient.
double gain(const ir::Attributes& attributes, double cycles_per_sample) {
  const OpResult y =
      OpUnderTest("biquad_filter", {4000, 1}, sine(cycles_per_sample, 4000), attributes).run();
  double squares = 0;
  for (size_t i = 2000; i < 4000; ++i) {
    squares += static_cast<double>(y.values[i]) * static_cast<double>(y.values[i]);
  }
  return std::sqrt(2.0 * squares / 2000.0);
}

// |H|^2 = 1 / (1 + (tan(pi f) / tan(pi fc))^(2 order)) of a Butterworth low pass after the bilinear
// transform; its mirror image for a high pass.
TEST(BiquadFilter, ResponseIsButterworths) {
  for (int64_t order : {2, 4, 6, 8}) {
    for (double cutoff : {0.02, 0.1, 0.3}) {
      for (double f : {0.005, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45}) {
        const double ratio = std::tan(std::numbers::pi * f) / std::tan(std::numbers::pi * cutoff);
        const double power = std::pow(ratio, 2.0 * static_cast<double>(order));
        const ir::Attributes low = {{"rate_hz", 1.0}, {"order", order}, {"low_pass_hz", cutoff}};
        const ir::Attributes high = {{"rate_hz", 1.0}, {"order", order}, {"high_pass_hz", cutoff}};
        ASSERT_NEAR(gain(low, f), 1.0 / std::sqrt(1.0 + power), 3e-3) << order << ' ' << f;
        ASSERT_NEAR(gain(high, f), 1.0 / std::sqrt(1.0 + 1.0 / power), 3e-3) << order << ' ' << f;
      }
    }
  }
}

TEST(BiquadFilter, OffsetMakesNoTransient) {
  const std::vector<float> gravity(100, 9.81f);
  const OpResult high =
      OpUnderTest("biquad_filter", {50, 2}, gravity, {{"rate_hz", 100.0}, {"high_pass_hz", 5.0}})
          .run();
  for (float v : high.values) ASSERT_NEAR(v, 0.0, 1e-4);
  const OpResult low =
      OpUnderTest("biquad_filter", {50, 2}, gravity, {{"rate_hz", 100.0}, {"low_pass_hz", 5.0}})
          .run();
  for (float v : low.values) ASSERT_NEAR(v, 9.81, 1e-3);
}

// The envelope of an amplitude-modulated carrier keeps the modulation's frequency.
TEST(BiquadFilter, RectifiedBandPassDemodulates) {
  std::vector<float> x = sine(0.25, 4096);
  for (size_t i = 0; i < x.size(); ++i) {
    const double beat = std::sin(2.0 * std::numbers::pi * 32.0 / 4096.0 * static_cast<double>(i));
    x[i] *= static_cast<float>(1.0 + 0.8 * beat);
  }
  OpUnderTest op(
      "biquad_filter", {4096, 1}, x,
      {{"rate_hz", 1.0}, {"high_pass_hz", 0.2}, {"low_pass_hz", 0.3}, {"rectify", int64_t{1}}});
  const OpResult y = op.run();
  const auto power = [&](size_t bin) {
    const auto [re, im] = slow_bin(y.values, 4096, bin);
    return re * re + im * im;
  };
  for (size_t bin = 1; bin < 200; ++bin) {
    if (bin == 32) continue;
    ASSERT_LT(power(bin), 0.1 * power(32)) << bin;
  }
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
}

}  // namespace
}  // namespace mote

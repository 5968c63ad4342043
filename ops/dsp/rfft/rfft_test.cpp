#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

// Error of a float FFT grows with log n: within 1e-6 of the largest bin at all lengths.
TEST(Rfft, EqualsTheDefinition) {
  for (size_t n = 16; n <= 2048; n *= 2) {
    const auto x = random_signal(2 * n, static_cast<uint32_t>(n));
    OpUnderTest op("rfft", {2, static_cast<int32_t>(n)}, x, {});
    const OpResult y = op.run();
    ASSERT_EQ(y.shape, (ir::Shape{2, static_cast<int32_t>(n) + 2}));
    for (size_t frame = 0; frame < 2; ++frame) {
      const std::vector<float> part(x.begin() + static_cast<std::ptrdiff_t>(frame * n),
                                    x.begin() + static_cast<std::ptrdiff_t>((frame + 1) * n));
      const double tolerance = 1e-6 * 4 * std::sqrt(static_cast<double>(n));
      for (size_t k = 0; k <= n / 2; ++k) {
        const auto [re, im] = slow_bin(part, n, k);
        ASSERT_NEAR(y.values[frame * (n + 2) + 2 * k], re, tolerance) << n << ' ' << k;
        ASSERT_NEAR(y.values[frame * (n + 2) + 2 * k + 1], im, tolerance) << n << ' ' << k;
      }
    }
  }
}

TEST(Rfft, EveryUnitImpulseTurnsAsItShould) {
  for (size_t n : {16, 32, 64, 128}) {
    for (size_t at = 0; at < n; ++at) {
      std::vector<float> x(n, 0.0f);
      x[at] = 1.0f;
      const OpResult y = OpUnderTest("rfft", {1, static_cast<int32_t>(n)}, x, {}).run();
      for (size_t k = 0; k <= n / 2; ++k) {
        const auto [re, im] = slow_bin(x, n, k);
        ASSERT_NEAR(y.values[2 * k], re, 3e-7) << n << ' ' << at << ' ' << k;
        ASSERT_NEAR(y.values[2 * k + 1], im, 3e-7) << n << ' ' << at << ' ' << k;
      }
    }
  }
}

TEST(Rfft, RefusesWhatDoesNotFit) {
  OpUnderTest op("rfft", {1, 16}, random_signal(16, 1), {});
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
  for (int32_t n : {8, 24, 32768}) {
    EXPECT_THROW(OpUnderTest("rfft", {1, n}, random_signal(static_cast<size_t>(n), 1), {}),
                 ir::GraphError);
  }
}

}  // namespace
}  // namespace mote

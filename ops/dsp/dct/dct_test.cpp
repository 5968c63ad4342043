#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(Dct, EqualsTheDefinition) {
  for (size_t n = 1; n <= 40; ++n) {
    for (size_t keep = 1; keep <= n; ++keep) {
      const auto x = random_signal(2 * n, 7);
      OpUnderTest op("dct", {2, static_cast<int32_t>(n)}, x,
                     {{"coefficients", static_cast<int64_t>(keep)}});
      const OpResult y = op.run();
      for (size_t r = 0; r < 2; ++r) {
        for (size_t k = 0; k < keep; ++k) {
          double sum = 0;
          for (size_t i = 0; i < n; ++i) {
            sum += static_cast<double>(x[r * n + i]) *
                   std::cos(std::numbers::pi * static_cast<double>(k * (2 * i + 1)) /
                            (2.0 * static_cast<double>(n)));
          }
          const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / static_cast<double>(n));
          ASSERT_NEAR(y.values[r * keep + k], scale * sum, 3e-6) << n << ' ' << k;
        }
      }
    }
  }
}

TEST(Dct, RefusesWhatDoesNotFit) {
  OpUnderTest op("dct", {3, 8}, random_signal(24, 1), {{"coefficients", int64_t{5}}});
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
  EXPECT_THROW(OpUnderTest("dct", {3, 8}, random_signal(24, 1), {{"coefficients", int64_t{9}}}),
               ir::GraphError);
}

}  // namespace
}  // namespace mote

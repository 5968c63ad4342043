#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(PowerSpectrum, SquaresPairs) {
  const auto x = random_signal(3 * 18, 4);
  OpUnderTest op("power_spectrum", {3, 18}, x, {});
  const OpResult y = op.run();
  ASSERT_EQ(y.shape, (ir::Shape{3, 9}));
  for (size_t i = 0; i < 27; ++i) {
    const double re = x[2 * i], im = x[2 * i + 1];
    ASSERT_NEAR(y.values[i], re * re + im * im, 1e-6 * (re * re + im * im)) << i;
  }
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
  EXPECT_THROW(OpUnderTest("power_spectrum", {3, 17}, random_signal(51, 4), {}), ir::GraphError);
}

}  // namespace
}  // namespace mote

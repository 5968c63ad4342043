#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(Log, ClampsAtTheFloor) {
  const std::vector<float> x = {0.0f, -1.0f,     1e-9f, 1e-3f,
                                1.0f, 2.718282f, 1e30f, std::numeric_limits<float>::quiet_NaN()};
  OpUnderTest op("log", {2, 4}, x, {{"floor", 1e-6}});
  const OpResult y = op.run();
  ASSERT_EQ(y.shape, (ir::Shape{2, 4}));
  for (size_t i = 0; i < x.size(); ++i) {
    const double clamped = x[i] > 1e-6f ? static_cast<double>(x[i]) : 1e-6;
    ASSERT_NEAR(y.values[i], std::log(clamped), 1e-5) << x[i];
  }
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
  EXPECT_THROW(OpUnderTest("log", {2, 4}, x, {{"floor", 0.0}}), ir::GraphError);
  EXPECT_EQ(OpUnderTest("log", {2, 4}, x, {{"floor", 1.0}, {"flatten", int64_t{1}}}).run().shape,
            (ir::Shape{1, 8}));
}

}  // namespace
}  // namespace mote

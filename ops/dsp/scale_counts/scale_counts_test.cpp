#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(ScaleCounts, ScalesAndCentresEachAxis) {
  for (int32_t axes = 1; axes <= 3; ++axes) {
    for (int32_t length = 1; length <= 40; ++length) {
      for (int64_t remove_mean : {0, 1}) {
        const auto x = random_counts(static_cast<size_t>(length * axes), 1);
        OpUnderTest op("scale_counts", {length, axes}, x,
                       {{"scale", 0.5}, {"remove_mean", remove_mean}});
        const OpResult y = op.run();
        ASSERT_EQ(y.shape, (ir::Shape{1, length, 1, axes}));
        for (int32_t axis = 0; axis < axes; ++axis) {
          double mean = 0;
          for (int32_t i = 0; i < length; ++i) mean += x[static_cast<size_t>(i * axes + axis)];
          mean = remove_mean != 0 ? mean / length : 0;
          for (int32_t i = 0; i < length; ++i) {
            const auto at = static_cast<size_t>(i * axes + axis);
            ASSERT_NEAR(y.values[at], 0.5 * (x[at] - mean), 0.01);
          }
        }
      }
    }
  }
}

TEST(ScaleCounts, RefusesWhatDoesNotFit) {
  OpUnderTest op("scale_counts", {5, 3}, random_counts(15, 1), {{"scale", 1.0}});
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
  EXPECT_THROW(OpUnderTest("scale_counts", {5, 3}, random_signal(15, 1), {{"scale", 1.0}}),
               ir::GraphError);
  EXPECT_THROW(OpUnderTest("scale_counts", {5, 3}, random_counts(15, 1), {{"scale", -1.0}}),
               ir::GraphError);
}

}  // namespace
}  // namespace mote

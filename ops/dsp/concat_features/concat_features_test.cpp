#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(ConcatFeatures, PutsOneAfterTheOther) {
  for (size_t first = 1; first <= 5; ++first) {
    for (size_t second = 1; second <= 5; ++second) {
      auto x = random_signal(first, 1);
      const auto more = random_signal(second, 2);
      OpUnderTest op("concat_features", {1, static_cast<int32_t>(first)}, x, {}, {more});
      const OpResult y = op.run();
      x.insert(x.end(), more.begin(), more.end());
      EXPECT_EQ(y.values, x);
      EXPECT_EQ(y.shape, (ir::Shape{1, static_cast<int32_t>(first + second)}));
      op.expect_short_operands_refused();
      op.expect_wild_params_refused();
    }
  }
}

}  // namespace
}  // namespace mote

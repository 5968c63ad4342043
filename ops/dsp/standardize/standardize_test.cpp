#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

TEST(Standardize, RowsShareTheirColumns) {
  for (size_t columns = 1; columns <= 6; ++columns) {
    for (size_t rows = 1; rows <= 4; ++rows) {
      const auto x = random_signal(rows * columns, 11);
      const auto mean = random_signal(columns, 12), inverse = random_signal(columns, 13);
      OpUnderTest op("standardize",
                     {1, static_cast<int32_t>(rows), static_cast<int32_t>(columns), 1}, x, {},
                     {mean, inverse});
      const OpResult y = op.run();
      for (size_t i = 0; i < x.size(); ++i) {
        ASSERT_EQ(y.values[i], (x[i] - mean[i % columns]) * inverse[i % columns]) << i;
      }
      op.expect_short_operands_refused();
      op.expect_wild_params_refused();
    }
  }
}

TEST(Standardize, RefusesColumnsThatDoNotDivide) {
  EXPECT_THROW(OpUnderTest("standardize", {1, 7}, random_signal(7, 1), {},
                           {random_signal(3, 1), random_signal(3, 1)}),
               ir::GraphError);
}

}  // namespace
}  // namespace mote

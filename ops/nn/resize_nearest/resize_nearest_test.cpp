#include <gtest/gtest.h>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// Positions on one axis, written down by hand from the definition.
void expect_columns(int32_t in, const std::vector<int32_t>& expected,
                    const Attributes& attributes) {
  OpTrial trial;
  const Shape shape{2, 1, in, 3};
  const auto x = counting<int16_t>(shape);
  trial.input(DType::i16, shape, x);
  trial.constant({1, static_cast<int32_t>(expected.size())});
  const auto y = values_of<int16_t>(trial.run("resize_nearest", attributes, {{}})[0]);
  for_each_index(trial.output_shape(), [&](const Index& i) {
    const Index from{i[0], i[1], expected[static_cast<size_t>(i[2])], i[3]};
    ASSERT_EQ(y[offset_of(trial.output_shape(), i)], x[offset_of(shape, from)]) << i[2];
  });
}

TEST(ResizeNearest, PlacesPixelsAsTensorFlowLite) {
  const Attributes align{{"align_corners", int64_t{1}}};
  const Attributes half{{"half_pixel_centers", int64_t{1}}};
  expect_columns(3, {0, 0, 1, 1, 2, 2}, {});
  expect_columns(3, {0, 0, 1, 1, 2}, {});
  expect_columns(5, {0, 1, 3}, {});
  expect_columns(3, {0, 1, 1, 2, 2}, align);  // halves away from zero
  expect_columns(5, {0, 2, 4}, align);
  expect_columns(5, {0, 2, 4}, half);
  expect_columns(4, {1, 3}, half);
  expect_columns(4, {0, 2}, {});
}

}  // namespace
}  // namespace mote

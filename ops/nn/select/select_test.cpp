#include <gtest/gtest.h>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// An input that repeats along some axes of y.
Shape repeated(TrialRandom& random, const Shape& y) {
  Shape shape = y;
  for (int32_t& extent : shape) {
    if (random.between(0, 2) == 0) extent = 1;
  }
  while (shape.size() > 1 && shape[0] == 1 && random.between(0, 1) == 0) shape.erase(shape.begin());
  return shape;
}

size_t source(const Shape& shape, Index index) {
  index.erase(index.begin(), index.end() - static_cast<std::ptrdiff_t>(shape.size()));
  for (size_t k = 0; k < shape.size(); ++k) {
    if (shape[k] == 1) index[k] = 0;
  }
  return offset_of(shape, index);
}

template <class T>
void expect_broadcast(DType dtype) {
  for (uint32_t seed = 1; seed <= 80; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const Shape y_shape = trial_shape(random, static_cast<size_t>(random.between(1, 5)));
    const Shape c_shape = repeated(random, y_shape), a_shape = repeated(random, y_shape);
    std::vector<uint8_t> condition = counting<uint8_t>(c_shape);
    for (uint8_t& value : condition) value = static_cast<uint8_t>(random.between(0, 1));
    const auto a = counting<T>(a_shape), b = counting<T>(y_shape);
    OpTrial trial;
    trial.input(DType::boolean, c_shape, condition);
    trial.input(dtype, a_shape, a);
    trial.input(dtype, y_shape, b);
    const auto y = values_of<T>(trial.run("select", {}, {{}})[0]);
    ASSERT_EQ(trial.output_shape(), y_shape);
    for_each_index(y_shape, [&](const Index& index) {
      const bool first = condition[source(c_shape, index)] != 0;
      ASSERT_EQ(y[offset_of(y_shape, index)],
                first ? a[source(a_shape, index)] : b[offset_of(y_shape, index)]);
    });
  }
}

TEST(Select, BroadcastsElementsOfEverySize) {
  expect_broadcast<int8_t>(DType::i8);
  expect_broadcast<int16_t>(DType::i16);
  expect_broadcast<float>(DType::f32);
  expect_broadcast<int64_t>(DType::i64);
}

TEST(Select, ConditionOfRankOneCountsRows) {
  OpTrial trial;
  trial.input<uint8_t>(DType::boolean, {2}, {0, 1});
  trial.input<float>(DType::f32, {2, 2}, {1, 2, 3, 4});
  trial.input<float>(DType::f32, {2, 2}, {5, 6, 7, 8});
  EXPECT_EQ(values_of<float>(trial.run("select", {{"rows", int64_t{1}}}, {{}})[0]),
            (std::vector<float>{5, 6, 3, 4}));
}

}  // namespace
}  // namespace mote

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compile.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

template <class Integer>
void expect_update(TrialRandom& random, DType index_type) {
  const Shape shape = trial_shape(random, static_cast<size_t>(random.between(1, 6)));
  Shape part = shape;
  std::vector<Integer> index;
  for (int32_t& extent : part) {
    extent = random.between(1, extent);
    index.push_back(random.between(-3, 6));
  }
  const auto x = counting<int16_t>(shape);
  auto update = counting<int16_t>(part);
  for (int16_t& value : update) value = static_cast<int16_t>(-1 - value);
  OpTrial trial;
  trial.input(DType::i16, shape, x);
  trial.input(DType::i16, part, update);
  trial.input(index_type, {static_cast<int32_t>(index.size())}, index);
  const auto y = values_of<int16_t>(trial.run("dynamic_update_slice", {}, {{}})[0]);
  auto expected = x;
  for_each_index(part, [&](const Index& i) {
    Index to = i;
    for (size_t k = 0; k < to.size(); ++k) {
      const auto room = static_cast<Integer>(shape[k] - part[k]);
      to[k] += static_cast<int32_t>(std::clamp<Integer>(index[k], 0, room));
    }
    expected[offset_of(shape, to)] = update[offset_of(part, i)];
  });
  ASSERT_EQ(y, expected);
}

TEST(DynamicUpdateSlice, ReplacesAPartThatLiesInside) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    TrialRandom random(seed);
    if (seed % 2 == 0) expect_update<int32_t>(random, DType::i32);
    if (seed % 2 != 0) expect_update<int64_t>(random, DType::i64);
  }
}

// Behind another op its input may go: it is updated where it stands.
TEST(DynamicUpdateSlice, RunsInPlace) {
  Graph graph;
  const TensorId x = graph.add_tensor({"x", DType::f32, {64, 4}, {}, false, {}});
  const TensorId part = graph.add_tensor({"part", DType::f32, {1, 4}, {}, false, {}});
  const TensorId at = graph.add_tensor({"at", DType::i32, {2}, {}, false, {}});
  graph.inputs = {x, part, at};
  const TensorId root = graph.add_node("abs", {x}, {})[0];
  graph.outputs = graph.add_node("dynamic_update_slice", {root, part, at}, {});
  CompileOptions options;
  options.target = host_target();
  EXPECT_LT(compile(graph, options).plan.arena_bytes, 1300u) << "one tensor of 1,024 bytes";
}

TEST(DynamicUpdateSlice, RefusesWhatDoesNotFit) {
  OpTrial trial;
  trial.input(DType::i16, {2, 3}, counting<int16_t>({2, 3}));
  trial.input(DType::i16, {3, 1}, counting<int16_t>({3, 1}));
  trial.input<int32_t>(DType::i32, {2}, {0, 0});
  EXPECT_THROW(trial.run("dynamic_update_slice", {}, {{}}), GraphError);
}

}  // namespace
}  // namespace mote

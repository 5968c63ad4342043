#include <gtest/gtest.h>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

TEST(Gather, EntriesOfAnAxis) {
  const Shape shape{2, 4, 3};
  const auto x = counting<int16_t>(shape);
  OpTrial trial;
  trial.input(DType::i16, shape, x);
  trial.input<int32_t>(DType::i32, {2, 2}, {3, 0, 1, 3});
  const auto y = values_of<int16_t>(trial.run("gather", {{"axis", int64_t{1}}}, {{}})[0]);
  const Shape out{2, 2, 2, 3};
  ASSERT_EQ(trial.output_shape(), out);
  const int32_t index[] = {3, 0, 1, 3};
  for_each_index(out, [&](const Index& i) {
    ASSERT_EQ(y[offset_of(out, i)], x[offset_of(shape, {i[0], index[2 * i[1] + i[2]], i[3]})]);
  });
}

TEST(Gather, EntriesOutsideAreZero) {
  OpTrial trial;
  trial.input<int8_t>(DType::i8, {2, 2}, {1, 2, 3, 4}, {{0.5f}, {0}, -1});
  trial.input<int32_t>(DType::i32, {3}, {1, 2, -1});
  EXPECT_EQ(values_of<int8_t>(trial.run("gather", {}, {{}})[0]),
            (std::vector<int8_t>{3, 4, 0, 0, 0, 0}));
}

TEST(Gather, AnIndexForEachBatch) {
  const Shape shape{2, 3, 4, 2};
  const auto x = counting<int16_t>(shape);
  for (const auto& [axis, batches] : {std::pair<int64_t, int64_t>{2, 1}, {-2, -1}, {-1, 1}}) {
    const int32_t entries = axis == -1 ? 2 : 4;
    TrialRandom random(static_cast<uint32_t>(5 + axis));
    std::vector<int32_t> index;
    for (int i = 0; i < 6; ++i) index.push_back(random.between(0, entries - 1));
    OpTrial trial;
    trial.input(DType::i16, shape, x);
    trial.input<int32_t>(DType::i32, {2, 3}, index);
    const auto bytes = trial.run("gather", {{"axis", axis}, {"batch_dims", batches}}, {{}})[0];
    const auto y = values_of<int16_t>(bytes);
    const Shape out = axis == -1 ? Shape{2, 3, 4, 3} : Shape{2, 3, 3, 2};
    ASSERT_EQ(trial.output_shape(), out);
    const bool last = axis == -1;
    for_each_index(out, [&](const Index& i) {
      const auto own = static_cast<size_t>(3 * i[0] + (last ? i[3] : i[2]));
      const Index from =
          last ? Index{i[0], i[1], i[2], index[own]} : Index{i[0], i[1], index[own], i[3]};
      ASSERT_EQ(y[offset_of(out, i)], x[offset_of(shape, from)]);
    });
  }
}

TEST(Gather, RefusesBatchesThatDiffer) {
  OpTrial trial;
  trial.input(DType::i16, {2, 3, 4}, counting<int16_t>({2, 3, 4}));
  trial.input<int32_t>(DType::i32, {3, 2}, {0, 1, 2, 0, 1, 2});
  EXPECT_THROW(trial.run("gather", {{"axis", int64_t{1}}, {"batch_dims", int64_t{1}}}, {{}}),
               GraphError);
  OpTrial late;
  late.input(DType::i16, {2, 3, 4}, counting<int16_t>({2, 3, 4}));
  late.input<int32_t>(DType::i32, {2, 2}, {0, 1, 1, 0});
  EXPECT_THROW(late.run("gather", {{"axis", int64_t{0}}, {"batch_dims", int64_t{1}}}, {{}}),
               GraphError);
}

// A hybrid embedding: the output is declared float.
TEST(Gather, DequantizesInt8Entries) {
  OpTrial trial;
  trial.input<int8_t>(DType::i8, {3, 2}, {1, -2, 3, 4, 127, -128}, {{0.5f}, {0}, -1});
  trial.input<int32_t>(DType::i32, {3}, {2, 0, 9});
  const TensorId y = trial.graph.add_tensor({"y", DType::f32, {3, 2}, {}, false, {}, false});
  trial.graph.nodes.push_back({"gather", trial.operands, {y}, {{"axis", int64_t{0}}}});
  trial.graph.outputs = {y};
  find_op("gather").infer(trial.graph, trial.graph.nodes[0]);
  Interpreter interpreter(trial.graph, host_target());
  interpreter.run(trial.values);
  const auto bytes = interpreter.bytes(y);
  EXPECT_EQ(values_of<float>({bytes.begin(), bytes.end()}),
            (std::vector<float>{63.5f, -64.0f, 0.5f, -1.0f, 0.0f, 0.0f}));
}

TEST(Gather, EntriesOnSeveralAxes) {
  const Shape shape{3, 4, 2};
  const auto x = counting<int16_t>(shape);
  OpTrial trial;
  trial.input(DType::i16, shape, x);
  trial.input<int32_t>(DType::i32, {3, 2}, {2, 1, 0, 3, 3, 0});
  EXPECT_EQ(values_of<int16_t>(trial.run("gather_nd", {}, {{}})[0]),
            (std::vector<int16_t>{18, 19, 6, 7, 0, 0}));  // the last index is outside
  ASSERT_EQ(trial.output_shape(), (Shape{3, 2}));
  OpTrial whole;
  whole.input(DType::i16, shape, x);
  whole.input<int32_t>(DType::i32, {2, 3}, {2, 3, 1, 0, 0, 1});
  EXPECT_EQ(values_of<int16_t>(whole.run("gather_nd", {}, {{}})[0]), (std::vector<int16_t>{23, 1}));
}

}  // namespace
}  // namespace mote

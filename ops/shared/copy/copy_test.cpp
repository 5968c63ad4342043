// The ops that only move data, each against its formula on random shapes and element sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/kernel.hpp"
#include "ops/shared/copy/copy_reference.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

constexpr int trials = 60;

// Runs `op` on x in int8, int16 and float; every y[index] must be x[from(index)].
void expect_moves(const std::string& op, const Shape& shape, const Attributes& attributes,
                  const std::vector<std::vector<int32_t>>& constants, const Shape& expected,
                  const std::function<Index(const Index&)>& from) {
  const auto check = [&]<class T>(DType dtype, T) {
    OpTrial trial;
    const auto x = counting<T>(shape);
    trial.input(dtype, shape, x);
    for (const auto& constant : constants) trial.constant(constant);
    const auto y = values_of<T>(trial.run(op, attributes, {{}})[0]);
    ASSERT_EQ(trial.output_shape(), expected) << op;
    for_each_index(expected, [&](const Index& index) {
      ASSERT_EQ(y[offset_of(expected, index)], x[offset_of(shape, from(index))]) << op;
    });
  };
  check(DType::i8, int8_t{});
  check(DType::i16, int16_t{});
  check(DType::f32, float{});
}

TEST(Copy, StridedSliceTakesEveryStep) {
  for (uint32_t seed = 1; seed <= trials; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const auto shape = trial_shape(random, static_cast<size_t>(random.between(1, 4)));
    std::vector<int32_t> begin, end, step;
    Shape expected;
    for (int32_t extent : shape) {
      const int32_t first = random.between(0, extent - 1);
      const bool forwards = random.between(0, 1) == 1;
      const int32_t count =
          random.between(1, forwards ? extent - first : first + 1);  // elements under the range
      const int32_t by = random.between(1, 3);
      begin.push_back(random.between(0, 1) == 1 ? first : first - extent);
      step.push_back(forwards ? by : -by);
      // The end before the first element has no number of its own: it is written as -extent - 1.
      const int32_t last = forwards ? first + count : first - count;
      end.push_back(last < 0 ? -extent - 1 : last);
      expected.push_back((count + by - 1) / by);
    }
    expect_moves("strided_slice", shape, {}, {begin, end, step}, expected, [&](Index index) {
      for (size_t k = 0; k < index.size(); ++k) {
        const int32_t first = begin[k] < 0 ? begin[k] + shape[k] : begin[k];
        index[k] = first + index[k] * step[k];
      }
      return index;
    });
  }
}

TEST(Copy, StridedSliceMasks) {
  const Shape shape{4, 3, 2};
  expect_moves("strided_slice", shape,
               {{"begin_mask", int64_t{1}}, {"end_mask", int64_t{1}}, {"shrink_mask", int64_t{2}}},
               {{3, -1, 0}, {0, 9, 2}, {1, 1, 1}}, {4, 2}, [](const Index& i) {
                 return Index{i[0], 2, i[1]};
               });
}

TEST(Copy, SliceTakesABox) {
  expect_moves("slice", {4, 5, 3}, {}, {{1, 2, 0}, {2, -1, 3}}, {2, 3, 3}, [](const Index& i) {
    return Index{i[0] + 1, i[1] + 2, i[2]};
  });
}

TEST(Copy, TransposePermutesAxes) {
  for (uint32_t seed = 1; seed <= trials; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const auto shape = trial_shape(random, static_cast<size_t>(random.between(1, 6)));
    std::vector<int32_t> perm(shape.size());
    std::iota(perm.begin(), perm.end(), 0);
    std::shuffle(perm.begin(), perm.end(), random.engine);
    Shape expected;
    for (int32_t axis : perm) expected.push_back(shape[static_cast<size_t>(axis)]);
    expect_moves("transpose", shape, {}, {perm}, expected, [&](const Index& index) {
      Index from(index.size());
      for (size_t k = 0; k < index.size(); ++k) from[static_cast<size_t>(perm[k])] = index[k];
      return from;
    });
  }
}

TEST(Copy, SpaceAndDepth) {
  expect_moves("space_to_depth", {2, 4, 6, 3}, {{"block", int64_t{2}}}, {}, {2, 2, 3, 12},
               [](const Index& i) {
                 return Index{i[0], 2 * i[1] + i[3] / 6, 2 * i[2] + i[3] / 3 % 2, i[3] % 3};
               });
  expect_moves("depth_to_space", {2, 2, 3, 12}, {{"block", int64_t{2}}}, {}, {2, 4, 6, 3},
               [](const Index& i) {
                 return Index{i[0], i[1] / 2, i[2] / 2, (i[1] % 2 * 2 + i[2] % 2) * 3 + i[3]};
               });
}

TEST(Copy, RepeatsAndMirrors) {
  expect_moves("reverse", {3, 4, 2}, {}, {{0, -1}}, {3, 4, 2}, [](const Index& i) {
    return Index{2 - i[0], i[1], 1 - i[2]};
  });
  expect_moves("tile", {2, 3}, {}, {{3, 2}}, {6, 6}, [](const Index& i) {
    return Index{i[0] % 2, i[1] % 3};
  });
  expect_moves("broadcast_to", {3, 1}, {}, {{2, 3, 4}}, {2, 3, 4}, [](const Index& i) {
    return Index{i[1], 0};
  });
  const auto mirrored = [](int32_t at, int32_t n, int32_t skipped) {
    if (at < 0) return -at - 1 + skipped;
    return at < n ? at : 2 * n - at - 1 - skipped;
  };
  for (int32_t symmetric = 0; symmetric < 2; ++symmetric) {
    expect_moves(
        "mirror_pad", {4, 3}, {{"symmetric", int64_t{symmetric}}}, {{2, 3, 1, 0}}, {9, 4},
        [&](const Index& i) {
          return Index{mirrored(i[0] - 2, 4, 1 - symmetric), mirrored(i[1] - 1, 3, 1 - symmetric)};
        });
  }
}

// Each batch of the result is one phase of the padded input; the inverse gives the input back.
TEST(Copy, SpaceToBatchAndBack) {
  for (uint32_t seed = 1; seed <= trials; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const Shape shape = trial_shape(random, 4);
    const std::vector<int32_t> block{random.between(1, 3), random.between(1, 3)};
    std::vector<int32_t> padding{random.between(0, 3), 0, random.between(0, 3), 0};
    for (size_t k = 0; k < 2; ++k) {
      while ((shape[k + 1] + padding[2 * k] + padding[2 * k + 1]) % block[k] != 0) {
        ++padding[2 * k + 1];
      }
    }
    const auto x = counting<int16_t>(shape);
    const Quantization q{{1.0f}, {-7}, -1};
    const auto with_constants = [&](OpTrial& trial) {
      trial.operands.push_back(trial.graph.add_constant("block", DType::i32, {2}, block));
      trial.operands.push_back(trial.graph.add_constant("edges", DType::i32, {2, 2}, padding));
    };
    OpTrial there;
    there.input(DType::i16, shape, x, q);
    with_constants(there);
    const auto batches = values_of<int16_t>(there.run("space_to_batch", {}, {q})[0]);
    for_each_index(there.output_shape(), [&](const Index& i) {
      const int32_t phase = i[0] / shape[0];
      const Index from{i[0] % shape[0], i[1] * block[0] + phase / block[1] - padding[0],
                       i[2] * block[1] + phase % block[1] - padding[2], i[3]};
      const bool inside = from[1] >= 0 && from[1] < shape[1] && from[2] >= 0 && from[2] < shape[2];
      ASSERT_EQ(batches[offset_of(there.output_shape(), i)],
                inside ? x[offset_of(shape, from)] : -7);
    });
    OpTrial back;
    back.input(DType::i16, there.output_shape(), batches, q);
    with_constants(back);
    ASSERT_EQ(values_of<int16_t>(back.run("batch_to_space", {}, {q})[0]), x);
  }
}

TEST(Copy, FillsWithOneValue) {
  Graph graph;
  const TensorId shape = graph.add_constant<int32_t>("shape", DType::i32, {2}, {2, 3});
  const TensorId value = graph.add_constant<float>("value", DType::f32, {1}, {2.5f});
  graph.outputs = graph.add_node("fill", {shape, value}, {});
  Interpreter interpreter(graph, host_target());
  interpreter.run({});
  const auto bytes = interpreter.bytes(graph.outputs[0]);
  EXPECT_EQ(values_of<float>({bytes.begin(), bytes.end()}), std::vector<float>(6, 2.5f));
}

// concat undoes split, unpack undoes pack, on every axis.
TEST(Copy, JoiningUndoesParting) {
  for (uint32_t seed = 1; seed <= trials; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const auto rank = static_cast<size_t>(random.between(1, 4));
    Shape shape = trial_shape(random, rank);
    const auto axis = static_cast<size_t>(random.between(0, static_cast<int32_t>(rank) - 1));
    const std::vector<int32_t> sizes{random.between(1, 3), random.between(1, 3), -1};
    const int32_t rest = random.between(1, 3);
    shape[axis] = sizes[0] + sizes[1] + rest;
    const auto x = counting<int16_t>(shape);
    OpTrial split;
    split.input(DType::i16, shape, x);
    split.constant(sizes);
    split.constant({static_cast<int32_t>(axis) - static_cast<int32_t>(rank)});
    const auto parts = split.run("split", {}, {{}, {}, {}});
    const auto second = values_of<int16_t>(parts[1]);
    for_each_index(split.output_shape(1), [&](const Index& index) {
      Index from = index;
      from[axis] += sizes[0];
      ASSERT_EQ(second[offset_of(split.output_shape(1), index)], x[offset_of(shape, from)]);
    });
    OpTrial concat;
    for (size_t k = 0; k < 3; ++k) {
      concat.input(DType::i16, split.output_shape(k), values_of<int16_t>(parts[k]));
    }
    const auto joined = concat.run("concat", {{"axis", static_cast<int64_t>(axis)}}, {{}});
    EXPECT_EQ(values_of<int16_t>(joined[0]), x);
  }
}

TEST(Copy, PackAndUnpack) {
  for (int64_t axis = -3; axis <= 2; ++axis) {
    const Shape shape{2, 3};
    OpTrial pack;
    const auto a = counting<float>(shape);
    auto b = a;
    for (float& value : b) value += 100;
    pack.input(DType::f32, shape, a);
    pack.input(DType::f32, shape, b);
    const auto packed = pack.run("pack", {{"axis", axis}}, {{}})[0];
    const auto at = static_cast<size_t>(axis < 0 ? axis + 3 : axis);
    ASSERT_EQ(pack.output_shape()[at], 2);
    OpTrial unpack;
    unpack.input(DType::f32, pack.output_shape(), values_of<float>(packed));
    const auto parts = unpack.run("unpack", {{"axis", axis}}, {{}, {}});
    EXPECT_EQ(values_of<float>(parts[0]), a);
    EXPECT_EQ(values_of<float>(parts[1]), b);
  }
}

TEST(Copy, ShapeIsKnown) {
  OpTrial trial;
  trial.input(DType::i8, {2, 3, 4}, counting<int8_t>({2, 3, 4}));
  EXPECT_EQ(values_of<int32_t>(trial.run("shape", {}, {{}})[0]), (std::vector<int32_t>{2, 3, 4}));
}

TEST(Copy, RefusesWhatLeavesItsInput) {
  const auto refused = [](const std::string& op, const std::vector<std::vector<int32_t>>& constants,
                          const Attributes& attributes = {}) {
    OpTrial trial;
    trial.input(DType::i8, {4, 3}, counting<int8_t>({4, 3}));
    for (const auto& constant : constants) trial.constant(constant);
    EXPECT_THROW(trial.run(op, attributes, {{}}), GraphError) << op;
  };
  refused("slice", {{0, 0}, {5, 3}});
  refused("slice", {{-1, 0}, {1, 3}});
  refused("slice", {{1 << 30, 0}, {1 << 30, 3}});
  refused("strided_slice", {{2, 0}, {2, 3}, {1, 1}});
  refused("strided_slice", {{0, 0}, {4, 3}, {0, 1}});
  refused("strided_slice", {{4, 0}, {5, 3}, {1, 1}});
  refused("transpose", {{0, 0}});
  refused("transpose", {{0, 2}});
  refused("space_to_depth", {}, {{"block", int64_t{2}}});
  refused("unpack", {}, {{"axis", int64_t{2}}});
}

// The check is what keeps a forged package inside its operands.
TEST(Copy, CheckRefusesEveryRunOutside) {
  CopyParams p{};
  p.run = 4;
  p.n0 = p.n1 = p.n2 = p.n3 = p.n4 = 1;
  p.n5 = 3;
  p.x_stride5 = 8;
  p.y_stride5 = -4;
  p.y_base = 8;
  const auto check = [&](uint32_t x, uint32_t y) {
    const uint32_t bytes[] = {x, y};
    return copy_check(p, bytes);
  };
  EXPECT_EQ(check(20, 12), Status::ok);
  EXPECT_EQ(check(19, 12), Status::out_of_bounds);
  EXPECT_EQ(check(20, 11), Status::out_of_bounds);
  p.y_base = 7;
  EXPECT_EQ(check(20, 12), Status::out_of_bounds) << "starts before its output";
  p.y_base = 8;
  p.n5 = 0;
  EXPECT_EQ(check(20, 12), Status::bad_params);
  p.n5 = INT32_MAX;
  p.n4 = INT32_MAX;
  EXPECT_EQ(check(20, 12), Status::out_of_bounds);
}

// A fuzzed package moved one byte to one place a thousand million times.
TEST(Copy, MoreRunsThanTheOutputHasBytesAreRefused) {
  CopyParams p{};
  p.run = 1;
  p.n0 = p.n1 = p.n2 = p.n3 = p.n4 = 1;
  p.n5 = 12;  // all strides are 0
  const uint32_t bytes[] = {12, 12};
  EXPECT_EQ(copy_check(p, bytes), Status::ok);
  p.n4 = 2;
  EXPECT_EQ(copy_check(p, bytes), Status::out_of_bounds);
}

}  // namespace
}  // namespace mote

// Reductions, positions of extremes and gather against plain loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ops/shared/op_trial.hpp"
#include "ops/shared/reduce/reduce.hpp"

namespace mote {
namespace {

using namespace ir;

struct Trial {
  Shape shape;
  std::vector<int32_t> axes;
  bool keep;

  explicit Trial(TrialRandom& random)
      : shape(trial_shape(random, static_cast<size_t>(random.between(1, 4)))),
        keep(random.between(0, 1) == 1) {
    const auto rank = static_cast<int32_t>(shape.size());
    for (int32_t k = 0; k < rank; ++k) {
      if (random.between(0, 1) == 1) axes.push_back(random.between(0, 1) == 1 ? k : k - rank);
    }
    if (axes.empty()) axes.push_back(0);
  }

  // Index of the result with the reduced axes at 0, which has the same order as the result's own.
  Index kept(Index index) const {
    for (int32_t axis : axes) index[static_cast<size_t>(axis < 0 ? axis + index.size() : axis)] = 0;
    return index;
  }
};

template <class T>
std::map<Index, std::vector<double>> terms(const Trial& t, const std::vector<T>& x) {
  std::map<Index, std::vector<double>> all;
  for_each_index(t.shape, [&](const Index& index) {
    all[t.kept(index)].push_back(static_cast<double>(x[offset_of(t.shape, index)]));
  });
  return all;
}

template <class T>
void expect_reduction(const char* op, DType dtype, const Quantization& qx, const Quantization& qy,
                      const std::function<double(const std::vector<double>&)>& f,
                      double tolerance) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << op << " seed " << seed);
    TrialRandom random(seed);
    const Trial t(random);
    std::vector<T> x(counting<int8_t>(t.shape).size());
    for (T& value : x) value = static_cast<T>(random.between(-100, 100));
    OpTrial trial;
    trial.input(dtype, t.shape, x, qx);
    trial.constant(t.axes);
    const auto y = values_of<T>(trial.run(op, {{"keep_dims", int64_t{t.keep ? 1 : 0}}}, {qy})[0]);
    const auto all = terms(t, x);
    ASSERT_EQ(y.size(), all.size());
    size_t i = 0;
    for (const auto& [index, values] : all) {
      ASSERT_NEAR(static_cast<double>(y[i++]), f(values), tolerance);
    }
  }
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum;
}

// x * real / count in TensorFlow Lite's arithmetic, in 64 bits from its definitions: the division
// goes into the multiplier, then two roundings.
int64_t rescaled(int64_t x, double real, int64_t count) {
  int exponent = 0;
  auto m = static_cast<int64_t>(std::round(std::frexp(real, &exponent) * 2147483648.0));
  const int bits = static_cast<int>(std::floor(std::log2(static_cast<double>(count))));
  const int shift = std::min(bits, 31 + exponent);
  m = (m << shift) / count;
  exponent -= shift;
  if (exponent > 0) x *= int64_t{1} << exponent;
  const int64_t nudge = x * m >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  const int64_t high = (x * m + nudge) / (int64_t{1} << 31);
  if (exponent >= 0) return high;
  return std::llround(static_cast<double>(high) / std::exp2(-exponent));
}

TEST(Reduce, EveryFunctionInEveryType) {
  const auto mean = [](const std::vector<double>& v) {
    return sum_of(v) / static_cast<double>(v.size());
  };
  const auto largest = [](const std::vector<double>& v) { return *std::ranges::max_element(v); };
  const auto smallest = [](const std::vector<double>& v) { return *std::ranges::min_element(v); };
  expect_reduction<float>("mean", DType::f32, {}, {}, mean, 1e-4);
  expect_reduction<float>("sum", DType::f32, {}, {}, sum_of, 0);
  expect_reduction<float>("reduce_max", DType::f32, {}, {}, largest, 0);
  expect_reduction<float>("reduce_min", DType::f32, {}, {}, smallest, 0);
  const Quantization q{{0.1f}, {3}, -1}, wide{{0.1f}, {0}, -1};
  expect_reduction<int8_t>("reduce_max", DType::i8, q, q, largest, 0);
  expect_reduction<int16_t>("reduce_min", DType::i16, wide, wide, smallest, 0);
  const auto exact_mean = [&](int32_t zero) {
    return [=](const std::vector<double>& v) {
      const auto count = static_cast<int64_t>(v.size());
      return static_cast<double>(
          rescaled(static_cast<int64_t>(sum_of(v)) - zero * count, 1, count) + zero);
    };
  };
  expect_reduction<int8_t>("mean", DType::i8, q, q, exact_mean(3), 0);
  expect_reduction<int16_t>("mean", DType::i16, wide, wide, exact_mean(0), 0);
  const Quantization coarse{{6.4f}, {-5}, -1};
  const double ratio = static_cast<double>(q.scale[0]) / static_cast<double>(coarse.scale[0]);
  expect_reduction<int8_t>(
      "sum", DType::i8, q, coarse,
      [&](const std::vector<double>& v) {
        const auto sum = static_cast<int64_t>(sum_of(v)) - 3 * static_cast<int64_t>(v.size());
        return static_cast<double>(std::clamp<int64_t>(rescaled(sum, ratio, 1) - 5, -128, 127));
      },
      0);
}

// TensorFlow Lite divides the multiplier, not the sum: 7 terms of 1 with one scale are 1, and
// halves round away from zero.
TEST(Reduce, MeanRoundsAsTensorFlowLite) {
  const Quantization q{{0.5f}, {0}, -1};
  for (const auto& [x, expected] :
       std::vector<std::pair<std::vector<int8_t>, int8_t>>{{{1, 1, 1, 1, 1, 1, 1}, 1},
                                                           {{1, 2}, 2},
                                                           {{-1, -2}, -1},
                                                           {{1, 0, 0}, 0},
                                                           {{2, 0, 0}, 1}}) {
    OpTrial trial;
    trial.input(DType::i8, {static_cast<int32_t>(x.size())}, x, q);
    trial.constant({0});
    EXPECT_EQ(values_of<int8_t>(trial.run("mean", {}, {q})[0]), std::vector<int8_t>{expected});
  }
}

TEST(Arg, FirstOfTheExtremes) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const Shape shape = trial_shape(random, static_cast<size_t>(random.between(1, 4)));
    const auto axis =
        static_cast<size_t>(random.between(0, static_cast<int32_t>(shape.size()) - 1));
    std::vector<int8_t> x(counting<int8_t>(shape).size());
    for (int8_t& value : x) value = static_cast<int8_t>(random.between(-2, 2));
    for (const char* op : {"arg_max", "arg_min"}) {
      OpTrial trial;
      trial.input(DType::i8, shape, x);
      trial.constant({static_cast<int32_t>(axis)});
      const auto y = values_of<int32_t>(trial.run(op, {}, {{}})[0]);
      std::map<Index, std::pair<int32_t, int32_t>> best;  // position, value
      for_each_index(shape, [&](Index index) {
        const int32_t at = index[axis];
        const int32_t value = x[offset_of(shape, index)] * (op == std::string("arg_max") ? 1 : -1);
        index[axis] = 0;
        const auto [found, inserted] = best.try_emplace(index, at, value);
        if (!inserted && value > found->second.second) found->second = {at, value};
      });
      size_t i = 0;
      for (const auto& [index, expected] : best) ASSERT_EQ(y[i++], expected.first) << op;
    }
  }
}

TEST(Gather, TakesEntriesOfAnAxis) {
  const Shape shape{3, 4, 2};
  const auto x = counting<int16_t>(shape);
  for (int64_t axis = -3; axis < 3; ++axis) {
    OpTrial trial;
    trial.input(DType::i16, shape, x);
    trial.constant({1, 0, 1});
    const auto y = values_of<int16_t>(trial.run("gather", {{"axis", axis}}, {{}})[0]);
    const auto k = static_cast<size_t>(axis < 0 ? axis + 3 : axis);
    ASSERT_EQ(trial.output_shape()[k], 3);
    for_each_index(trial.output_shape(), [&](const Index& index) {
      Index from = index;
      from[k] = index[k] == 1 ? 0 : 1;
      ASSERT_EQ(y[offset_of(trial.output_shape(), index)], x[offset_of(shape, from)]);
    });
  }
}

TEST(Gather, RefusesConstantsOutsideAndSurvivesOthers) {
  OpTrial outside;
  outside.input(DType::i16, {3}, counting<int16_t>({3}));
  outside.constant({3});
  EXPECT_THROW(outside.run("gather", {}, {{}}), GraphError);
  OpTrial moving;
  moving.input(DType::i16, {3}, counting<int16_t>({3}));
  moving.input<int32_t>(DType::i32, {3}, {2, -1, INT32_MAX});
  EXPECT_EQ(values_of<int16_t>(moving.run("gather", {}, {{}})[0]), (std::vector<int16_t>{2, 0, 0}));
}

// A fuzzed package summed one element, over and over, for minutes.
TEST(Reduce, MoreTermsThanTheInputHasElementsAreRefused) {
  ReduceParams p{};
  p.k0 = p.k1 = p.k2 = p.r0 = p.r1 = 1;
  p.r2 = 8;  // all strides are 0
  const uint32_t bytes[] = {8, 1};
  EXPECT_EQ(reduce_s8_check(p, bytes), Status::ok);
  p.r1 = 2;
  EXPECT_EQ(reduce_s8_check(p, bytes), Status::out_of_bounds);
}

}  // namespace
}  // namespace mote

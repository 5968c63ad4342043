// Pooling of the types that have no kernels of their own, against plain loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

struct PoolTrial {
  Shape x, y;
  int32_t filter_h, filter_w, stride, top = 0, left = 0;
  Attributes attributes;

  explicit PoolTrial(TrialRandom& random)
      : x{random.between(1, 2), random.between(3, 6), random.between(3, 6), random.between(1, 3)},
        filter_h(random.between(1, 3)),
        filter_w(random.between(1, 3)),
        stride(random.between(1, 2)) {
    const bool same = random.between(0, 1) == 1;
    const auto axis = [&](int32_t in, int32_t filter, int32_t& before) {
      const int32_t out = same ? (in + stride - 1) / stride : (in - filter) / stride + 1;
      before = same ? std::max((out - 1) * stride + filter - in, 0) / 2 : 0;
      return out;
    };
    const int32_t out_h = axis(x[1], filter_h, top), out_w = axis(x[2], filter_w, left);
    y = {x[0], out_h, out_w, x[3]};
    attributes = {{"filter_h", int64_t{filter_h}},
                  {"filter_w", int64_t{filter_w}},
                  {"stride_h", int64_t{stride}},
                  {"stride_w", int64_t{stride}},
                  {"padding", same ? "same" : "valid"}};
  }

  std::vector<size_t> window(const Index& at) const {
    std::vector<size_t> offsets;
    for (int32_t r = at[1] * stride - top; r < at[1] * stride - top + filter_h; ++r) {
      for (int32_t c = at[2] * stride - left; c < at[2] * stride - left + filter_w; ++c) {
        if (r < 0 || c < 0 || r >= x[1] || c >= x[2]) continue;
        offsets.push_back(offset_of(x, {at[0], r, c, at[3]}));
      }
    }
    return offsets;
  }
};

template <class T>
void expect_pool(const std::string& op, DType dtype, int32_t limit, bool uint8,
                 const std::function<double(const std::vector<double>&)>& f) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << op << " seed " << seed);
    TrialRandom random(seed);
    PoolTrial p(random);
    std::vector<T> x = counting<T>(p.x);
    for (T& value : x) value = static_cast<T>(random.between(-limit, limit - 1));
    const Quantization q = dtype == DType::f32 ? Quantization{} : Quantization{{0.1f}, {0}, -1};
    if (uint8) p.attributes["uint8"] = int64_t{1};
    OpTrial trial;
    trial.input(dtype, p.x, x, q);
    const auto y = values_of<T>(trial.run(op, p.attributes, {q})[0]);
    ASSERT_EQ(trial.output_shape(), p.y);
    for_each_index(p.y, [&](const Index& at) {
      std::vector<double> values;
      for (size_t i : p.window(at)) values.push_back(static_cast<double>(x[i]));
      const double expected = f(values);
      ASSERT_NEAR(static_cast<double>(y[offset_of(p.y, at)]), expected, 1e-6 * std::fabs(expected));
    });
  }
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

TEST(Pool, Int16) {
  expect_pool<int16_t>("average_pool", DType::i16, 32768, false,
                       [](const auto& values) { return std::round(mean(values)); });
  expect_pool<int16_t>("max_pool", DType::i16, 32768, false, [](const auto& values) {
    return *std::max_element(values.begin(), values.end());
  });
}

// Few different values, so that there are many halves.
TEST(Pool, MeansThatStandForUint8RoundHalvesUp) {
  expect_pool<int8_t>("average_pool", DType::i8, 3, true,
                      [](const auto& values) { return std::floor(mean(values) + 0.5); });
  expect_pool<int8_t>("average_pool", DType::i8, 3, false,
                      [](const auto& values) { return std::round(mean(values)); });
}

TEST(Pool, RootOfTheMeanSquare) {
  expect_pool<float>("l2_pool", DType::f32, 50, false, [](const auto& values) {
    double squares = 0;
    for (double value : values) squares += value * value;
    return std::sqrt(squares / static_cast<double>(values.size()));
  });
}

}  // namespace
}  // namespace mote

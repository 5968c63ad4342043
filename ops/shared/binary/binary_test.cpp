// Functions of two tensors against plain loops, with every way to broadcast.
#include <gtest/gtest.h>

#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

struct Shapes {
  Shape a, b, y;

  explicit Shapes(TrialRandom& random) {
    y = trial_shape(random, static_cast<size_t>(random.between(1, 4)));
    a = b = y;
    for (size_t k = 0; k < y.size(); ++k) {
      const int32_t which = random.between(0, 3);
      if (which == 1) a[k] = 1;
      if (which == 2) b[k] = 1;
    }
    while (random.between(0, 3) == 0 && b.size() > 1 && b[0] == 1) b.erase(b.begin());
  }

  static size_t source(const Shape& shape, Index index) {
    index.erase(index.begin(), index.end() - static_cast<std::ptrdiff_t>(shape.size()));
    for (size_t k = 0; k < shape.size(); ++k) {
      if (shape[k] == 1) index[k] = 0;
    }
    return offset_of(shape, index);
  }
};

size_t count_of(const Shape& shape) {
  return counting<int8_t>(shape).size();
}

template <class T, class Out>
void expect_function(const std::string& op, DType dtype, const Quantization* q,
                     const std::function<double(double, double)>& f) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << op << " seed " << seed);
    TrialRandom random(seed);
    const Shapes shapes(random);
    std::vector<T> a(count_of(shapes.a)), b(count_of(shapes.b));
    for (T& value : a) value = static_cast<T>(random.between(-100, 100));
    for (T& value : b) value = static_cast<T>(random.between(-100, 100));
    OpTrial trial;
    trial.input(dtype, shapes.a, a, q == nullptr ? Quantization{} : q[0]);
    trial.input(dtype, shapes.b, b, q == nullptr ? Quantization{} : q[1]);
    const auto y = values_of<Out>(trial.run(op, {}, {q == nullptr ? Quantization{} : q[2]})[0]);
    ASSERT_EQ(trial.output_shape(), shapes.y);
    for_each_index(shapes.y, [&](const Index& index) {
      const double expected = f(static_cast<double>(a[Shapes::source(shapes.a, index)]),
                                static_cast<double>(b[Shapes::source(shapes.b, index)]));
      ASSERT_EQ(static_cast<double>(y[offset_of(shapes.y, index)]), expected);
    });
  }
}

TEST(Binary, PlainTypes) {
  using F = std::function<double(double, double)>;
  const std::pair<const char*, F> functions[] = {
      {"add", [](double a, double b) { return a + b; }},
      {"sub", [](double a, double b) { return a - b; }},
      {"mul", [](double a, double b) { return a * b; }},
      {"maximum", [](double a, double b) { return std::max(a, b); }},
      {"minimum", [](double a, double b) { return std::min(a, b); }},
      {"squared_difference", [](double a, double b) { return (a - b) * (a - b); }}};
  for (const auto& [op, f] : functions) {
    if (std::string(op) == "add") continue;  // its own folder's rule repeats whole axes only
    expect_function<float, float>(op, DType::f32, nullptr, f);
    expect_function<int32_t, int32_t>(op, DType::i32, nullptr, f);
  }
  expect_function<int32_t, int32_t>("div", DType::i32, nullptr, [](double a, double b) {
    return b == 0 ? 0 : std::trunc(a / b);
  });
  expect_function<int32_t, int32_t>("floor_div", DType::i32, nullptr, [](double a, double b) {
    return b == 0 ? 0 : std::floor(a / b);
  });
  expect_function<int32_t, int32_t>("floor_mod", DType::i32, nullptr, [](double a, double b) {
    return b == 0 ? 0 : a - std::floor(a / b) * b;
  });
}

TEST(Binary, Comparisons) {
  using F = std::function<double(double, double)>;
  const std::pair<const char*, F> functions[] = {
      {"equal", [](double a, double b) { return a == b; }},
      {"not_equal", [](double a, double b) { return a != b; }},
      {"less", [](double a, double b) { return a < b; }},
      {"less_equal", [](double a, double b) { return a <= b; }},
      {"greater", [](double a, double b) { return a > b; }},
      {"greater_equal", [](double a, double b) { return a >= b; }}};
  const Quantization q[] = {{{0.25f}, {3}, -1}, {{0.25f}, {3}, -1}, {}};
  for (const auto& [op, f] : functions) {
    expect_function<float, uint8_t>(op, DType::f32, nullptr, f);
    expect_function<int32_t, uint8_t>(op, DType::i32, nullptr, f);
    expect_function<int8_t, uint8_t>(op, DType::i8, q, f);
    expect_function<int16_t, uint8_t>(
        op, DType::i16,
        std::vector<Quantization>{{{0.25f}, {0}, -1}, {{0.25f}, {0}, -1}, {}}.data(), f);
  }
}

TEST(Binary, QuantisedTypes) {
  const Quantization q[] = {{{0.031f}, {-7}, -1}, {{0.087f}, {20}, -1}, {{0.11f}, {5}, -1}};
  const auto cut = [](int64_t y) { return static_cast<double>(std::clamp<int64_t>(y, -128, 127)); };
  expect_function<int8_t, int8_t>("mul", DType::i8, q, [&](double a, double b) {
    const double ratio = static_cast<double>(q[0].scale[0]) * static_cast<double>(q[1].scale[0]) /
                         static_cast<double>(q[2].scale[0]);
    return cut(requantised(static_cast<int64_t>((a + 7) * (b - 20)), ratio) + 5);
  });
  expect_function<int8_t, int8_t>("sub", DType::i8, q, [&](double a, double b) {
    const float twice = 2 * q[1].scale[0];
    const int64_t left =
        requantised(static_cast<int64_t>(a + 7) << 20, static_cast<double>(q[0].scale[0] / twice));
    const int64_t right = requantised(static_cast<int64_t>(b - 20) * (1 << 20),
                                      static_cast<double>(q[1].scale[0] / twice));
    const float unit = static_cast<float>(1 << 20) * q[2].scale[0];
    return cut(requantised(left - right, static_cast<double>(twice / unit)) + 5);
  });
  const Quantization same[] = {q[0], q[0], q[0]};
  expect_function<int8_t, int8_t>("maximum", DType::i8, same,
                                  [](double a, double b) { return std::max(a, b); });
}

TEST(Binary, Prelu) {
  expect_function<float, float>("prelu", DType::f32, nullptr,
                                [](double a, double b) { return a >= 0 ? a : a * b; });
  const Quantization q[] = {{{0.031f}, {-7}, -1}, {{0.087f}, {20}, -1}, {{0.11f}, {5}, -1}};
  const double above = static_cast<double>(q[0].scale[0]) / static_cast<double>(q[2].scale[0]);
  const double below = static_cast<double>(q[0].scale[0]) * static_cast<double>(q[1].scale[0]) /
                       static_cast<double>(q[2].scale[0]);
  expect_function<int8_t, int8_t>("prelu", DType::i8, q, [&](double a, double b) {
    const auto x = static_cast<int64_t>(a) + 7, alpha = static_cast<int64_t>(b) - 20;
    const int64_t y = x >= 0 ? requantised(x, above) : requantised(x * alpha, below);
    return static_cast<double>(std::clamp<int64_t>(y + 5, -128, 127));
  });
}

TEST(Binary, PreluOfInt16TakesInt8Slopes) {
  OpTrial trial;
  trial.input<int16_t>(DType::i16, {2, 2}, {-1000, 1000, -1001, -7}, {{0.5f}, {0}, -1});
  trial.operands.push_back(
      trial.graph.add_constant("alpha", DType::i8, {2}, std::vector<int8_t>{64, -32}));
  trial.graph.tensor(trial.operands[1]).quantization = {{1.0f / 128}, {0}, -1};
  // Slopes 1/2 and -1/4, output steps of 1/4.
  EXPECT_EQ(values_of<int16_t>(trial.run("prelu", {}, {{{0.25f}, {0}, -1}})[0]),
            (std::vector<int16_t>{-1000, 2000, -1001, 4}));
}

TEST(Binary, RefusesShapesThatDoNotBroadcast) {
  OpTrial trial;
  trial.input(DType::f32, {2, 3}, counting<float>({2, 3}));
  trial.input(DType::f32, {2, 2}, counting<float>({2, 2}));
  EXPECT_THROW(trial.run("sub", {}, {{}}), GraphError);
}

}  // namespace
}  // namespace mote

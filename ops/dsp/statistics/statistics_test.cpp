#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

// The formulas of core/signal/statistics.hpp in double precision, in the list's order.
std::vector<double> expected(const std::vector<float>& x, size_t axes, size_t axis) {
  std::vector<double> v;
  for (size_t i = axis; i < x.size(); i += axes) v.push_back(static_cast<double>(x[i]));
  const auto n = static_cast<double>(v.size());
  double mean = 0, squares = 0, m2 = 0, m3 = 0, m4 = 0, steps = 0, largest = 0, crossings = 0;
  for (double s : v) mean += s / n;
  for (size_t i = 0; i < v.size(); ++i) {
    const double d = v[i] - mean;
    squares += v[i] * v[i] / n;
    m2 += d * d / n;
    m3 += d * d * d / n;
    m4 += d * d * d * d / n;
    largest = std::max(largest, std::fabs(d));
    if (i == 0) continue;
    steps += std::fabs(v[i] - v[i - 1]);
    if ((d >= 0) != (v[i - 1] - mean >= 0)) ++crossings;
  }
  const double deviation = std::sqrt(m2);
  const double gaps = std::max(1.0, n - 1);
  return {mean,
          deviation,
          std::sqrt(squares),
          *std::min_element(v.begin(), v.end()),
          *std::max_element(v.begin(), v.end()),
          m3 / (deviation * m2),
          m4 / (m2 * m2),
          crossings / gaps,
          largest / deviation,
          steps / gaps};
}

TEST(Statistics, EqualTheirFormulas) {
  for (size_t axes = 1; axes <= 3; ++axes) {
    for (size_t length : {2, 3, 10, 100, 1000}) {
      for (float offset : {0.0f, 9.81f}) {
        auto x = random_signal(length * axes, static_cast<uint32_t>(length));
        for (float& v : x) v += offset;
        OpUnderTest op("statistics", {static_cast<int32_t>(length), static_cast<int32_t>(axes)}, x,
                       {});
        const OpResult y = op.run();
        ASSERT_EQ(y.shape, (ir::Shape{1, static_cast<int32_t>(10 * axes)}));
        for (size_t axis = 0; axis < axes; ++axis) {
          const auto exact = expected(x, axes, axis);
          for (size_t s = 0; s < 10; ++s) {
            ASSERT_NEAR(y.values[axis * 10 + s], exact[s], 2e-5 * (1.0 + std::fabs(exact[s])))
                << "statistic " << s << " of " << length;
          }
        }
      }
    }
  }
}

TEST(Statistics, ConstantSignalHasNoShape) {
  for (float value : {0.0f, 0.1f, -9.81f, 30000.0f}) {
    const std::vector<float> x(777, value);
    const OpResult y = OpUnderTest("statistics", {777, 1}, x, {}).run();
    EXPECT_NEAR(y.values[0], value, 1e-6 * std::fabs(value));
    for (size_t s : {5, 6, 7, 8, 9}) EXPECT_EQ(y.values[s], 0.0f) << s << " of " << value;
  }
}

TEST(Statistics, ChosenOnesComeInTheListsOrder) {
  const auto x = random_signal(60, 10);
  const OpResult all = OpUnderTest("statistics", {30, 2}, x, {}).run();
  OpUnderTest op("statistics", {30, 2}, x, {{"statistics", std::string("kurtosis,rms")}});
  const OpResult y = op.run();
  EXPECT_EQ(y.values,
            (std::vector<float>{all.values[2], all.values[6], all.values[12], all.values[16]}));
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
  EXPECT_THROW(OpUnderTest("statistics", {30, 2}, x, {{"statistics", std::string("median")}}),
               ir::GraphError);
}

}  // namespace
}  // namespace mote

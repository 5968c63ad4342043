#include <gtest/gtest.h>

#include <cmath>

#include "compiler/ir/requantize.hpp"
#include "core/fixed_point.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

struct Matrices {
  Shape a, w, y;
  bool adj_x, adj_y;
  int32_t depth;

  explicit Matrices(TrialRandom& random) {
    y = trial_shape(random, static_cast<size_t>(random.between(0, 3)));
    a = w = y;
    for (size_t k = 0; k < y.size(); ++k) {
      const int32_t which = random.between(0, 3);
      if (which == 1) a[k] = 1;
      if (which == 2) w[k] = 1;
    }
    if (!w.empty() && w[0] == 1) w.erase(w.begin());
    const int32_t rows = random.between(1, 4), columns = random.between(1, 4);
    depth = random.between(1, 6);
    adj_x = random.between(0, 1) == 1;
    adj_y = random.between(0, 1) == 1;
    a.insert(a.end(), {adj_x ? depth : rows, adj_x ? rows : depth});
    w.insert(w.end(), {adj_y ? columns : depth, adj_y ? depth : columns});
    y.insert(y.end(), {rows, columns});
  }

  Attributes attributes() const { return {{"adj_x", int64_t{adj_x}}, {"adj_y", int64_t{adj_y}}}; }
  // Where factor k of output `index` lies in an input.
  static size_t source(const Shape& shape, const Index& index, int32_t row, int32_t column) {
    const size_t rank = shape.size();
    Index own(index.end() - static_cast<std::ptrdiff_t>(rank), index.end());
    for (size_t i = 0; i + 2 < rank; ++i) {
      if (shape[i] == 1) own[i] = 0;
    }
    own[rank - 2] = row;
    own[rank - 1] = column;
    return offset_of(shape, own);
  }
  size_t a_at(const Index& index, int32_t k) const {
    const int32_t row = index[index.size() - 2];
    return source(a, index, adj_x ? k : row, adj_x ? row : k);
  }
  size_t w_at(const Index& index, int32_t k) const {
    const int32_t column = index.back();
    return source(w, index, adj_y ? column : k, adj_y ? k : column);
  }
};

template <class T>
std::vector<T> values(TrialRandom& random, const Shape& shape, int32_t limit) {
  std::vector<T> made = counting<T>(shape);
  for (T& value : made) value = static_cast<T>(random.between(-limit, limit - 1));
  return made;
}

// Whole numbers, so that the order of additions doesn't count.
TEST(BatchMatmul, FloatsWithEveryLayout) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const Matrices m(random);
    const auto a = values<float>(random, m.a, 50), w = values<float>(random, m.w, 50);
    OpTrial trial;
    trial.input(DType::f32, m.a, a);
    trial.input(DType::f32, m.w, w);
    const auto y = values_of<float>(trial.run("batch_matmul", m.attributes(), {{}})[0]);
    ASSERT_EQ(trial.output_shape(), m.y);
    for_each_index(m.y, [&](const Index& index) {
      float sum = 0;
      for (int32_t k = 0; k < m.depth; ++k) sum += a[m.a_at(index, k)] * w[m.w_at(index, k)];
      ASSERT_EQ(y[offset_of(m.y, index)], sum);
    });
  }
}

// round(sum * scale): with a scale that is a power of 2 both roundings are on paper.
template <class T>
void expect_integers(DType dtype, int32_t limit, int32_t zero_range, float y_scale) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const Matrices m(random);
    const Quantization qa{{0.5f}, {random.between(-zero_range, zero_range)}, -1};
    const Quantization qw{{0.25f}, {random.between(-zero_range, zero_range)}, -1};
    const Quantization qy{{y_scale}, {random.between(-zero_range, zero_range)}, -1};
    const auto a = values<T>(random, m.a, limit), w = values<T>(random, m.w, limit);
    OpTrial trial;
    trial.input(dtype, m.a, a, qa);
    trial.input(dtype, m.w, w, qw);
    const auto y = values_of<T>(trial.run("batch_matmul", m.attributes(), {qy})[0]);
    for_each_index(m.y, [&](const Index& index) {
      int64_t sum = 0;
      for (int32_t k = 0; k < m.depth; ++k) {
        sum += int64_t{a[m.a_at(index, k)] - qa.zero_point[0]} *
               (w[m.w_at(index, k)] - qw.zero_point[0]);
      }
      // The multiplier is 2^30 with a shift: halves go up at once (int16), or up to the next half
      // and then away from zero (int8).
      const double exact = static_cast<double>(sum) * 0.125 / static_cast<double>(y_scale);
      const double rounded = dtype == DType::i16
                                 ? std::floor(exact + 0.5)
                                 : std::round(std::floor(static_cast<double>(sum) / 2 + 0.5) /
                                              (static_cast<double>(y_scale) * 4));
      const double expected = std::clamp(rounded + qy.zero_point[0], -1.0 * limit, limit - 1.0);
      ASSERT_EQ(static_cast<double>(y[offset_of(m.y, index)]), expected);
    });
  }
}

TEST(BatchMatmul, Int8) {
  expect_integers<int8_t>(DType::i8, 128, 100, 64);
}
TEST(BatchMatmul, Int16) {
  expect_integers<int16_t>(DType::i16, 32768, 0, 8192);
}

}  // namespace
}  // namespace mote

#include <gtest/gtest.h>

#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// Calls check(index, terms) for every output: terms are the offsets that it sums.
void for_each_sum(const Shape& shape, size_t axis, bool exclusive, bool reverse,
                  const std::function<void(const Index&, const std::vector<size_t>&)>& check) {
  for_each_index(shape, [&](const Index& index) {
    std::vector<size_t> terms;
    Index at = index;
    for (int32_t k = 0; k < shape[axis]; ++k) {
      const int32_t ahead = reverse ? k - index[axis] : index[axis] - k;
      at[axis] = k;
      if (ahead > 0 || (ahead == 0 && !exclusive)) terms.push_back(offset_of(shape, at));
    }
    check(index, terms);
  });
}

template <class T>
void expect_plain(DType dtype) {
  const Shape shape{3, 4, 2};
  const auto x = counting<T>(shape);
  for (int32_t options = 0; options < 12; ++options) {
    const int32_t axis = options / 4 - (options % 2 == 0 ? 3 : 0);
    const bool exclusive = (options & 1) != 0, reverse = (options & 2) != 0;
    OpTrial trial;
    trial.input(dtype, shape, x);
    trial.constant({axis});
    const auto y = values_of<T>(trial.run(
        "cumsum", {{"exclusive", int64_t{exclusive}}, {"reverse", int64_t{reverse}}}, {{}})[0]);
    for_each_sum(shape, static_cast<size_t>(options / 4), exclusive, reverse,
                 [&](const Index& index, const std::vector<size_t>& terms) {
                   T sum{};
                   for (size_t term : terms) sum += x[term];
                   ASSERT_EQ(y[offset_of(shape, index)], sum) << "options " << options;
                 });
  }
}

TEST(Cumsum, Plain) {
  expect_plain<float>(DType::f32);
  expect_plain<int32_t>(DType::i32);
}

// Steps of 1/4 of the output's: (sum - zero) / 4, halves away from zero once the 2^19-fold sum,
// which is whole, is shifted down. tflite-micro starts at the stored 0, not at real zero.
TEST(Cumsum, Int8StartsAtTheStoredZero) {
  for (const int32_t zero : {0, -7, 100}) {
    const Quantization qx{{0.25f}, {zero}, -1}, qy{{1.0f}, {3}, -1};
    const Shape shape{2, 5};
    const std::vector<int8_t> x{1, 2, -3, 50, 7, -128, 127, 0, 13, -1};
    OpTrial trial;
    trial.input(DType::i8, shape, x, qx);
    trial.constant({1});
    const auto y = values_of<int8_t>(trial.run("cumsum", {}, {qy})[0]);
    for_each_sum(shape, 1, false, false, [&](const Index& index, const std::vector<size_t>& terms) {
      double sum = -zero;
      for (size_t term : terms) sum += x[term] - zero;
      const double expected = std::clamp(std::round(sum / 4) + 3, -128.0, 127.0);
      ASSERT_EQ(y[offset_of(shape, index)], expected) << zero;
    });
  }
}

}  // namespace
}  // namespace mote

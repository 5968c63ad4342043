#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ops/kernel_trial.hpp"
#include "ops/nn/average_pool/average_pool_s8_add.hpp"
#include "ops/nn/average_pool/average_pool_s8_finish.hpp"
#include "ops/nn/average_pool/average_pool_s8_reference.hpp"

namespace mote {
namespace {

using namespace ir;

struct Trial {
  Graph graph;
  int32_t batches, in_h, in_w, channels, filter_h, filter_w, stride_h, stride_w, pad_top, pad_left;
  float scale;
  int32_t zero;
  std::string activation;
};

Trial make_trial(TrialRandom& random) {
  Trial t{};
  const bool same = random.between(0, 1) == 0;
  t.batches = random.between(1, 2);
  t.channels = random.between(0, 2) == 0 ? random.between(16, 40) : random.between(1, 5);
  t.filter_h = random.between(1, 4);
  t.filter_w = random.between(1, 4);
  t.in_h = random.between(same ? 1 : t.filter_h, 9);
  t.in_w = random.between(same ? 1 : t.filter_w, 9);
  t.stride_h = random.between(1, 3);
  t.stride_w = random.between(1, 3);
  t.scale = random.real(0.01f, 0.1f);
  t.zero = random.between(-128, 127);
  t.activation = trial_activation(random);
  // SAME: the fewest padding values that let the outputs cover the input, the odd one at the end.
  const auto pad = [same](int32_t in, int32_t filter, int32_t stride) {
    const int32_t out = (in + stride - 1) / stride;
    return same ? std::max((out - 1) * stride + filter - in, 0) / 2 : 0;
  };
  t.pad_top = pad(t.in_h, t.filter_h, t.stride_h);
  t.pad_left = pad(t.in_w, t.filter_w, t.stride_w);
  const Quantization q{{t.scale}, {t.zero}, -1};
  const TensorId x =
      t.graph.add_tensor({"x", DType::i8, {t.batches, t.in_h, t.in_w, t.channels}, q, false, {}});
  const auto y = t.graph.add_node("average_pool", {x},
                                  {{"filter_h", int64_t{t.filter_h}},
                                   {"filter_w", int64_t{t.filter_w}},
                                   {"stride_h", int64_t{t.stride_h}},
                                   {"stride_w", int64_t{t.stride_w}},
                                   {"padding", std::string(same ? "same" : "valid")},
                                   {"activation", t.activation}});
  t.graph.tensor(y[0]).quantization = q;
  return t;
}

double activated(const Trial& t, double value) {
  const auto stored = [&](double real) { return std::round(real / t.scale) + t.zero; };
  double low = -128, high = 127;
  if (t.activation != "none") low = std::max(low, stored(t.activation == "relu_n1_to_1" ? -1 : 0));
  if (t.activation == "relu6") high = std::min(high, stored(6));
  if (t.activation == "relu_n1_to_1") high = std::min(high, stored(1));
  return std::min(std::max(value, low), high);
}

double expected_at(const Trial& t, const std::vector<int8_t>& x, int32_t n, int32_t row,
                   int32_t column, int32_t channel) {
  double sum = 0;
  int32_t count = 0;
  for (int32_t fh = 0; fh < t.filter_h; ++fh) {
    for (int32_t fw = 0; fw < t.filter_w; ++fw) {
      const int32_t h = row * t.stride_h - t.pad_top + fh;
      const int32_t w = column * t.stride_w - t.pad_left + fw;
      if (h < 0 || h >= t.in_h || w < 0 || w >= t.in_w) continue;
      const int32_t at = ((n * t.in_h + h) * t.in_w + w) * t.channels + channel;
      const int8_t value = x[static_cast<size_t>(at)];
      sum += value;
      ++count;
    }
  }
  return activated(t, std::round(sum / count));
}

TEST(AveragePool, ComputesItsDefinition) {
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const Trial t = make_trial(random);
    const auto x = random.bytes(t.graph.tensor(0).elements(), -128, 127);
    const Shape shape = t.graph.tensor(t.graph.nodes[0].outputs[0]).shape;
    for (const KernelInfo& kernel : find_op("average_pool").kernels) {
      if (!kernel.fits(t.graph, t.graph.nodes.front())) continue;
      const auto y = run_kernel(t.graph, kernel, x);
      size_t i = 0;
      for (int32_t n = 0; n < shape[0]; ++n) {
        for (int32_t row = 0; row < shape[1]; ++row) {
          for (int32_t column = 0; column < shape[2]; ++column) {
            for (int32_t channel = 0; channel < shape[3]; ++channel) {
              ASSERT_EQ(y[i++], expected_at(t, x, n, row, column, channel)) << kernel.symbol;
            }
          }
        }
      }
      ASSERT_EQ(i, y.size());
    }
  }
}

TEST(AveragePool, OfRowsThatComeInPartsIsTheWholesMean) {
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const int32_t h = random.between(1, 12), w = random.between(1, 9), c = random.between(1, 9);
    const int32_t min = random.between(-128, 0), max = random.between(min, 127);
    std::vector<int8_t> x = random.bytes(int64_t{h} * w * c, -128, 127);
    std::vector<int8_t> expected(static_cast<size_t>(c)), got(expected);
    void* const whole[] = {x.data(), expected.data()};
    const PoolS8Params pool{1, h, w, c, 1, 1, h, w, 1, 1, 0, 0, min, max};
    average_pool_s8_reference(pool, whole);
    std::vector<int32_t> sums(static_cast<size_t>(c), 12345);
    for (int32_t row = 0; row < h;) {
      const int32_t rows = random.between(1, h - row);
      void* const part[] = {x.data() + row * w * c, sums.data()};
      average_pool_s8_add(AveragePoolAddParams{rows * w, c, row == 0 ? 1 : 0}, part);
      row += rows;
    }
    void* const last[] = {sums.data(), got.data()};
    average_pool_s8_finish(AveragePoolFinishParams{h * w, c, min, max}, last);
    ASSERT_EQ(got, expected);
  }
}

TEST(AveragePool, PartsCheckTheirOperands) {
  const uint32_t bytes[] = {12, 16};
  EXPECT_EQ(average_pool_add_check({3, 4, 1}, bytes), Status::ok);
  EXPECT_EQ(average_pool_add_check({4, 4, 1}, bytes), Status::out_of_bounds);
  EXPECT_EQ(average_pool_add_check({2, 5, 1}, bytes), Status::out_of_bounds);
  EXPECT_EQ(average_pool_add_check({0, 4, 1}, bytes), Status::bad_params);
  const uint32_t finish[] = {16, 3};
  EXPECT_EQ(average_pool_finish_check({9, 3, -128, 127}, finish), Status::ok);
  EXPECT_EQ(average_pool_finish_check({9, 4, -128, 127}, finish), Status::out_of_bounds);
  EXPECT_EQ(average_pool_finish_check({0, 3, -128, 127}, finish), Status::bad_params);
}

}  // namespace
}  // namespace mote

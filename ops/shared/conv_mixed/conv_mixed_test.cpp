// Convolutions in groups, with zero points of weights, with 4-bit and with hybrid weights, against
// plain loops.
#include <gtest/gtest.h>

#include <algorithm>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// A random layer: conv2d (in groups), depthwise_conv2d or fully_connected.
struct MixedTrial {
  std::string op;
  Shape x_shape, w_shape, y_shape;
  int32_t group_in = 1, group_out = 1, stride = 1, dilation = 1, pad_top = 0, pad_left = 0;
  Attributes attributes{{"activation", "none"}};
  std::vector<int8_t> x, w;
  std::vector<int32_t> bias;
  Quantization qx, qw, qy;

  explicit MixedTrial(TrialRandom& random) {
    const int32_t kind = random.between(0, 2);
    op = kind == 0 ? "conv2d" : kind == 1 ? "depthwise_conv2d" : "fully_connected";
    if (kind == 2) {
      group_in = random.between(1, 9);
      group_out = random.between(1, 7);
      x_shape = {random.between(1, 3), group_in};
      w_shape = {group_out, group_in};
      y_shape = {x_shape[0], group_out};
    } else {
      window(random, kind == 1);
    }
    fill(random);
  }

  void window(TrialRandom& random, bool depthwise) {
    const int32_t groups = random.between(1, 3), kh = random.between(1, 3),
                  kw = random.between(1, 3), h = random.between(3, 6), v = random.between(3, 6);
    group_in = depthwise ? 1 : random.between(1, 4);
    group_out = random.between(1, 3);
    stride = random.between(1, 2);
    dilation = (kh - 1) * 2 < h && (kw - 1) * 2 < v ? random.between(1, 2) : 1;
    const bool same = random.between(0, 1) == 1;
    x_shape = {random.between(1, 2), h, v, groups * group_in};
    const int32_t out_c = groups * group_out;
    w_shape = depthwise ? Shape{1, kh, kw, out_c} : Shape{out_c, kh, kw, group_in};
    const auto axis = [&](int32_t in, int32_t kernel, int32_t& before) {
      const int32_t reach = (kernel - 1) * dilation + 1;
      const int32_t out = same ? (in + stride - 1) / stride : (in - reach) / stride + 1;
      before = same ? std::max((out - 1) * stride + reach - in, 0) / 2 : 0;
      return out;
    };
    const int32_t out_h = axis(h, kh, pad_top), out_w = axis(v, kw, pad_left);
    y_shape = {x_shape[0], out_h, out_w, out_c};
    attributes["stride_h"] = attributes["stride_w"] = int64_t{stride};
    attributes["dilation_h"] = attributes["dilation_w"] = int64_t{dilation};
    attributes["padding"] = same ? "same" : "valid";
  }

  void fill(TrialRandom& random) {
    x = random.bytes(static_cast<int64_t>(counting<int8_t>(x_shape).size()), -128, 127);
    w = random.bytes(static_cast<int64_t>(counting<int8_t>(w_shape).size()), -8, 7);
    for (int32_t c = 0; c < y_shape.back(); ++c) bias.push_back(random.between(-500, 500));
    qx = {{0.05f}, {random.between(-128, 127)}, -1};
    qy = {{random.real(0.05f, 0.5f)}, {random.between(-128, 127)}, -1};
    qw.axis = op == "depthwise_conv2d" ? 3 : 0;
    for (int32_t c = 0; c < y_shape.back(); ++c) {
      qw.scale.push_back(random.real(0.01f, 0.1f));
      qw.zero_point.push_back(0);
    }
  }

  // Calls visit(x offset, w offset) for every product of an output value.
  void for_each_product(const Index& at, const std::function<void(size_t, size_t)>& visit) const {
    const int32_t o = at.back(), first = o / group_out * group_in;
    for (int32_t c = 0; c < group_in; ++c) {
      if (at.size() == 2) {
        visit(offset_of(x_shape, {at[0], c}), offset_of(w_shape, {o, c}));
        continue;
      }
      for (int32_t ky = 0; ky < w_shape[1]; ++ky) {
        for (int32_t kx = 0; kx < w_shape[2]; ++kx) {
          const int32_t iy = at[1] * stride + ky * dilation - pad_top;
          const int32_t ix = at[2] * stride + kx * dilation - pad_left;
          if (iy < 0 || iy >= x_shape[1] || ix < 0 || ix >= x_shape[2]) continue;
          visit(offset_of(x_shape, {at[0], iy, ix, first + c}),
                w_shape[0] == 1 && op == "depthwise_conv2d" ? offset_of(w_shape, {0, ky, kx, o})
                                                            : offset_of(w_shape, {o, ky, kx, c}));
        }
      }
    }
  }

  float weight_scale(const Index& at) const {
    return qw.scale[qw.scale.size() == 1 ? 0 : static_cast<size_t>(at.back())];
  }

  template <class T, class B>
  std::vector<T> run(DType type, int64_t weight_bits, DType bias_type, const std::vector<T>& values,
                     const std::vector<B>& biases) const {
    OpTrial trial;
    const bool floats = type == DType::f32;
    trial.input(type, x_shape, values, floats ? Quantization{} : qx);
    trial.operands.push_back(trial.graph.add_constant("w", DType::i8, w_shape, w));
    trial.graph.tensor(trial.operands.back()).quantization = qw;
    trial.operands.push_back(
        trial.graph.add_constant("b", bias_type, {static_cast<int32_t>(biases.size())}, biases));
    Attributes all = attributes;
    all["weight_bits"] = weight_bits;
    const auto y = trial.run(op, all, {floats ? Quantization{} : qy})[0];
    EXPECT_EQ(trial.output_shape(), y_shape);
    return values_of<T>(y);
  }

  void expect_int8(int64_t weight_bits, bool float_product) const {
    const auto y = run(DType::i8, weight_bits, DType::i32, x, bias);
    for_each_index(y_shape, [&](const Index& at) {
      int64_t sum = bias[static_cast<size_t>(at.back())];
      for_each_product(at, [&](size_t i, size_t k) {
        sum += int64_t{x[i] - qx.zero_point[0]} * (w[k] - qw.zero_point[0]);
      });
      const float ws = weight_scale(at);
      const double product = float_product
                                 ? static_cast<double>(qx.scale[0] * ws)
                                 : static_cast<double>(qx.scale[0]) * static_cast<double>(ws);
      const int64_t exact = requantised(sum, product / static_cast<double>(qy.scale[0]));
      ASSERT_EQ(y[offset_of(y_shape, at)], std::clamp<int64_t>(exact + qy.zero_point[0], -128, 127))
          << op;
    });
  }
};

void for_each_trial(const std::function<void(MixedTrial&)>& check) {
  for (uint32_t seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    MixedTrial trial(random);
    check(trial);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// The groups of a convolution with one of them are the fast kernels' affair; all others come here.
TEST(ConvMixed, Int8InGroups) {
  for_each_trial([](MixedTrial& t) { t.expect_int8(8, false); });
}

TEST(ConvMixed, FourBitWeightsGiveTheBitsOfTheSameWeightsInInt8) {
  for_each_trial([](MixedTrial& t) { t.expect_int8(4, false); });
}

TEST(ConvMixed, WeightsWithAZeroPoint) {
  for_each_trial([](MixedTrial& t) {
    t.qw = {{0.03f}, {5}, -1};
    const bool dense = t.op == "fully_connected";
    if (!dense) t.attributes["uint8"] = int64_t{1};
    t.expect_int8(8, true);
  });
}

void expect_hybrid(const MixedTrial& t, int64_t weight_bits) {
  const std::vector<float> real(t.x.begin(), t.x.end()), bias(t.bias.begin(), t.bias.end());
  const auto y = t.run(DType::f32, weight_bits, DType::f32, real, bias);
  for_each_index(t.y_shape, [&](const Index& at) {
    double sum = 0;
    t.for_each_product(at, [&](size_t i, size_t k) { sum += t.x[i] * t.w[k]; });
    // The sum is whole and exact; two roundings follow.
    const double exact =
        sum * static_cast<double>(t.weight_scale(at)) + t.bias[static_cast<size_t>(at.back())];
    ASSERT_NEAR(static_cast<double>(y[offset_of(t.y_shape, at)]), exact, 1e-3) << t.op;
  });
}

TEST(ConvMixed, FloatsWithIntegerWeights) {
  for_each_trial([](MixedTrial& t) { expect_hybrid(t, 8); });
  for_each_trial([](MixedTrial& t) { expect_hybrid(t, 4); });
}

// What a device's flash holds.
TEST(ConvMixed, FourBitWeightsStayPacked) {
  Graph graph;
  const TensorId x =
      graph.add_tensor({"x", DType::i8, {1, 3}, {{0.1f}, {0}, -1}, false, {}, false});
  const TensorId w =
      graph.add_constant("w", DType::i8, {2, 3}, std::vector<int8_t>{1, -2, 7, -8, 0, 3});
  graph.tensor(w).quantization = {{0.1f}, {0}, -1};
  const TensorId y = graph.add_node("fully_connected", {x, w}, {{"weight_bits", int64_t{4}}})[0];
  graph.tensor(y).quantization = {{0.1f}, {0}, -1};
  const LoweredOp lowered = lower(graph, graph.nodes[0], {"reference", {Isa::reference}, 0, 0});
  ASSERT_EQ(lowered.kernel->symbol, "conv_mixed_s8_w4_reference");
  EXPECT_EQ(lowered.operands[1].data, (std::vector<uint8_t>{0xe1, 0x87, 0x30}));
}

}  // namespace
}  // namespace mote

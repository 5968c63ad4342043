// Every layer's gradient against central differences of its forward pass.
//
// loss = sum_i r_i * y_i with random r. For each input the derivative of the loss along random
// directions is compared with the gradient's, so that every element takes part. A fused activation
// has kinks that differences stumble over; there the gradient must equal that of the bare layer
// under a masked r, bit for bit.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/ir/op.hpp"
#include "learn/buffer.hpp"
#include "learn/layer.hpp"
#include "learn/random.hpp"

namespace mote::learn {
namespace {

using ir::Shape;

struct Case {
  const char* title;
  const char* op;
  std::vector<Shape> inputs;       // activations have 1 in front
  std::vector<bool> is_parameter;  // per input
  std::vector<bool> has_gradient;  // per input
  ir::Attributes attributes;
};

ir::Attributes convolution(int64_t stride_h, int64_t stride_w, const char* padding,
                           const char* activation = "none", int64_t dilation = 1) {
  return {{"stride_h", stride_h},   {"stride_w", stride_w}, {"dilation_h", dilation},
          {"dilation_w", dilation}, {"padding", padding},   {"activation", activation}};
}

ir::Attributes pooling(int64_t filter_h, int64_t filter_w, int64_t stride, const char* padding) {
  return {{"filter_h", filter_h}, {"filter_w", filter_w}, {"stride_h", stride},
          {"stride_w", stride},   {"padding", padding},   {"activation", "none"}};
}

const std::vector<bool> none{false}, weighted{false, true, true}, all{true, true, true};

const Case cases[] = {
    {"conv2d_same",
     "conv2d",
     {{1, 7, 5, 3}, {8, 3, 3, 3}, {8}},
     weighted,
     all,
     convolution(1, 1, "same")},
    {"conv2d_same_strided",
     "conv2d",
     {{1, 9, 6, 1}, {16, 4, 3, 1}, {16}},
     weighted,
     all,
     convolution(2, 2, "same", "relu")},
    {"conv2d_valid_unused_rows",
     "conv2d",
     {{1, 8, 8, 2}, {4, 3, 3, 2}, {4}},
     weighted,
     all,
     convolution(3, 2, "valid", "relu6")},
    {"conv2d_pointwise",
     "conv2d",
     {{1, 4, 4, 16}, {16, 1, 1, 16}, {16}},
     weighted,
     all,
     convolution(1, 1, "valid")},
    {"conv2d_dilated_no_bias",
     "conv2d",
     {{1, 9, 9, 2}, {3, 3, 3, 2}},
     {false, true},
     {true, true},
     convolution(1, 1, "same", "none", 2)},
    {"depthwise_same",
     "depthwise_conv2d",
     {{1, 6, 5, 16}, {1, 3, 3, 16}, {16}},
     weighted,
     all,
     convolution(1, 1, "same", "relu")},
    {"depthwise_multiplier",
     "depthwise_conv2d",
     {{1, 6, 5, 3}, {1, 3, 3, 6}, {6}},
     weighted,
     all,
     convolution(2, 1, "valid")},
    {"fully_connected",
     "fully_connected",
     {{1, 20}, {7, 20}, {7}},
     weighted,
     all,
     {{"activation", "relu"}}},
    {"fully_connected_of_image",
     "fully_connected",
     {{1, 2, 3, 4}, {5, 24}},
     {false, true},
     {true, true},
     {{"activation", "none"}}},
    {"batch_norm",
     "batch_norm",
     {{1, 5, 4, 6}, {6}, {6}, {6}, {6}},
     {false, true, true, true, true},
     {true, true, true, false, false},
     {{"epsilon", 1e-3}}},
    {"relu", "relu", {{1, 5, 7}}, none, {true}, {}},
    {"average_pool_valid", "average_pool", {{1, 6, 5, 3}}, none, {true}, pooling(2, 3, 2, "valid")},
    {"average_pool_same", "average_pool", {{1, 5, 5, 3}}, none, {true}, pooling(3, 3, 2, "same")},
    {"average_pool_global",
     "average_pool",
     {{1, 6, 5, 3}},
     none,
     {true},
     pooling(6, 5, 1, "valid")},
    {"max_pool", "max_pool", {{1, 6, 5, 3}}, none, {true}, pooling(3, 2, 2, "same")},
    {"softmax", "softmax", {{1, 9}}, none, {true}, {{"beta", 1.0}}},
    {"add", "add", {{1, 4, 3}, {1, 4, 3}}, {false, false}, {true, true}, {{"activation", "relu"}}},
    {"reshape", "reshape", {{1, 4, 6}}, none, {true}, {{"shape", std::vector<int64_t>{1, 24}}}},
    {"standardize", "standardize", {{1, 3, 4}, {4}, {4}}, weighted, {true, false, false}, {}},
    {"reconstruction_error",
     "reconstruction_error",
     {{1, 12}, {1, 12}},
     {false, false},
     {true, true},
     {}},
};

constexpr int32_t batch = 3;

class LayerGradient : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    const Case& c = GetParam();
    fused_ = c.attributes.contains("activation") &&
             std::get<std::string>(c.attributes.at("activation")) != "none";
    std::vector<ir::TensorId> ids;
    for (size_t i = 0; i < c.inputs.size(); ++i) {
      const std::string name = "input" + std::to_string(i);
      ids.push_back(graph_.add_tensor({name, ir::DType::f32, c.inputs[i], {}, false, {}}));
      graph_.tensor(ids.back()).constant = c.is_parameter[i];
      const auto elements = graph_.tensor(ids.back()).elements();
      values_.push_back(separated(static_cast<size_t>(c.is_parameter[i] ? 1 : batch) *
                                  static_cast<size_t>(elements)));
      graph_.tensor(ids.back()).data.resize(static_cast<size_t>(elements) * sizeof(float));
    }
    // What an op reads of a constant is its values, not only its shape.
    const auto y = graph_.add_node(c.op, ids, c.attributes);
    output_.resize(static_cast<size_t>(graph_.tensor(y[0]).elements() * batch));
    layer_ = find_layer(c.op).make(graph_, graph_.nodes[0]);
    for (size_t i = 0; i < output_.size(); ++i) factors_.push_back(random_.uniform(-1, 1));
  }

  // Distinct values at least 0.02 apart and from 0: no kink lies within a difference's step.
  Buffer separated(size_t count) {
    std::vector<float> values;
    for (size_t i = 0; i < count; ++i) {
      values.push_back((static_cast<float>(i) - static_cast<float>(count) / 2 + 0.25f) *
                       std::max(0.02f, 2.0f / static_cast<float>(count)));
    }
    random_.shuffle(values);
    return {values.begin(), values.end()};
  }

  double loss() {
    std::vector<float*> inputs;
    for (Buffer& value : values_) inputs.push_back(value.data());
    layer_->forward({batch, true, inputs, output_.data(), nullptr, {}});
    double sum = 0;
    for (size_t i = 0; i < output_.size(); ++i) {
      sum += static_cast<double>(output_[i]) * static_cast<double>(factors_[i]);
    }
    return sum;
  }

  std::vector<Buffer> gradients() {
    std::vector<Buffer> result;
    std::vector<float*> inputs, targets;
    for (size_t i = 0; i < values_.size(); ++i) {
      inputs.push_back(values_[i].data());
      result.emplace_back(values_[i].size(), std::numeric_limits<float>::quiet_NaN());
    }
    for (size_t i = 0; i < values_.size(); ++i) {
      targets.push_back(GetParam().has_gradient[i] ? result[i].data() : nullptr);
    }
    Buffer output_gradient(factors_.begin(), factors_.end());
    layer_->forward({batch, true, inputs, output_.data(), nullptr, {}});
    layer_->backward({batch, true, inputs, output_.data(), output_gradient.data(), targets});
    return result;
  }

  // The layer without its activation, and factors that are 0 where the output lies on a bound.
  void separate_activation() {
    loss();
    const auto activation = std::get<std::string>(GetParam().attributes.at("activation"));
    for (size_t i = 0; i < output_.size(); ++i) {
      if (output_[i] <= 0 || (activation == "relu6" && output_[i] >= 6)) factors_[i] = 0;
    }
    ir::Node bare = graph_.nodes[0];
    bare.attributes["activation"] = "none";
    layer_ = find_layer(bare.op).make(graph_, bare);
  }

  Random random_{7};
  bool fused_ = false;
  ir::Graph graph_;
  std::unique_ptr<Layer> layer_;
  std::vector<Buffer> values_;
  Buffer output_;
  std::vector<float> factors_;
};

TEST_P(LayerGradient, OfAFusedActivationIsTheMaskedOne) {
  if (!fused_) return;  // nothing is fused in this case
  const auto fused = gradients();
  separate_activation();
  const auto bare = gradients();
  EXPECT_GT(std::ranges::count(factors_, 0.0f), 0);
  EXPECT_LT(std::ranges::count(factors_, 0.0f), static_cast<int64_t>(factors_.size()));
  for (size_t i = 0; i < fused.size(); ++i) EXPECT_EQ(fused[i], bare[i]) << "input " << i;
}

TEST_P(LayerGradient, AgreesWithCentralDifferences) {
  if (fused_) separate_activation();
  constexpr float step = 4e-3f;
  const std::vector<Buffer> gradient = gradients();
  for (size_t input = 0; input < values_.size(); ++input) {
    if (!GetParam().has_gradient[input]) continue;
    for (int direction = 0; direction < 5; ++direction) {
      const Buffer at = values_[input];
      std::vector<float> along(at.size());
      double expected = 0, size = 0;
      for (size_t i = 0; i < at.size(); ++i) {
        along[i] = random_.uniform(-1, 1);
        const double part = static_cast<double>(gradient[input][i]) * along[i];
        expected += part;
        size += std::fabs(part);
      }
      for (size_t i = 0; i < at.size(); ++i) values_[input][i] = at[i] + step * along[i];
      const double above = loss();
      for (size_t i = 0; i < at.size(); ++i) values_[input][i] = at[i] - step * along[i];
      const double below = loss();
      values_[input] = at;
      EXPECT_NEAR((above - below) / (2.0 * step), expected, 2e-3 * size + 1e-3)
          << GetParam().title << ", input " << input << ", direction " << direction;
    }
  }
}

// The same pass twice gives the same bits.
TEST_P(LayerGradient, IsReproducible) {
  const auto first = gradients();
  const auto second = gradients();
  for (size_t i = 0; i < first.size(); ++i) {
    if (!GetParam().has_gradient[i]) continue;
    EXPECT_EQ(first[i], second[i]) << "input " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, LayerGradient, testing::ValuesIn(cases),
                         [](const auto& test) { return std::string(test.param.title); });

}  // namespace
}  // namespace mote::learn

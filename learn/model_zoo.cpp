#include "learn/model_zoo.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "learn/random.hpp"

namespace mote::learn {
namespace {

using ir::Shape;
using ir::TensorId;

// Appends layers; `at` is the activation that the next one reads.
class Builder {
 public:
  Builder(const Shape& features, uint64_t seed) : random_(seed) {
    at_ = graph_.add_tensor({"features", ir::DType::f32, features, {}, false, {}});
    graph_.inputs = {at_};
  }

  ir::Graph& graph() { return graph_; }
  TensorId at() const { return at_; }
  const Shape& shape() const { return graph_.tensor(at_).shape; }

  void standardise(const Standardisation& s) {
    if (s.mean.empty()) return;
    const Shape size{static_cast<int32_t>(s.mean.size())};
    node("standardize",
         {at_, graph_.add_constant("feature_mean", ir::DType::f32, size, s.mean),
          graph_.add_constant("feature_factor", ir::DType::f32, size, s.factor)},
         {});
  }

  void reshape(const Shape& shape) {
    node("reshape", {at_}, {{"shape", std::vector<int64_t>(shape.begin(), shape.end())}});
  }

  void flatten() {
    const auto elements = static_cast<int32_t>(graph_.tensor(at_).elements());
    if (shape() != Shape{1, elements}) reshape({1, elements});
  }

  void conv(int32_t filters, int32_t h, int32_t w, int32_t stride_h, int32_t stride_w) {
    const int32_t channels = shape().back();
    const TensorId weights = random_weights({filters, h, w, channels}, h * w * channels);
    node("conv2d", {at_, weights}, window(stride_h, stride_w));
    norm_relu();
  }

  void depthwise(int32_t h, int32_t w) {
    const TensorId weights = random_weights({1, h, w, shape().back()}, h * w);
    node("depthwise_conv2d", {at_, weights}, window(1, 1));
    norm_relu();
  }

  void dense(int32_t out) {
    const int32_t in = shape().back();
    const TensorId weights = random_weights({out, in}, in);
    const TensorId bias = constant("bias", out, 0.0f);
    node("fully_connected", {at_, weights, bias}, {{"activation", "none"}});
  }

  void norm() {
    const int32_t c = shape().back();
    const TensorId gamma = constant("gamma", c, 1.0f), beta = constant("beta", c, 0.0f);
    const TensorId mean = constant("mean", c, 0.0f), variance = constant("variance", c, 1.0f);
    node("batch_norm", {at_, gamma, beta, mean, variance}, {{"epsilon", 1e-3}});
  }

  void relu() { node("relu", {at_}, {}); }

  void norm_relu() {
    norm();
    relu();
  }

  void mean_over_image() {
    const int64_t h = shape()[1], w = shape()[2];
    node("average_pool", {at_},
         {{"filter_h", h},
          {"filter_w", w},
          {"stride_h", h},
          {"stride_w", w},
          {"padding", "valid"},
          {"activation", "none"}});
    flatten();
  }

  void node(const std::string& op, const std::vector<TensorId>& inputs, ir::Attributes attributes) {
    at_ = graph_.add_node(op, inputs, std::move(attributes))[0];
  }

 private:
  static ir::Attributes window(int64_t stride_h, int64_t stride_w) {
    return {{"stride_h", stride_h},     {"stride_w", stride_w}, {"dilation_h", int64_t{1}},
            {"dilation_w", int64_t{1}}, {"padding", "same"},    {"activation", "none"}};
  }

  std::string name(const std::string& what) const {
    return what + std::to_string(graph_.nodes.size());
  }

  TensorId constant(const std::string& what, int32_t count, float value) {
    return graph_.add_constant(name(what), ir::DType::f32, {count},
                               std::vector<float>(static_cast<size_t>(count), value));
  }

  // Normal with variance 2 / fan_in (He et al. 2015, arXiv:1502.01852).
  TensorId random_weights(const Shape& shape, int32_t fan_in) {
    const int64_t count =
        std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
    const float deviation = std::sqrt(2.0f / static_cast<float>(fan_in));
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i) values.push_back(deviation * random_.normal());
    return graph_.add_constant(name("weights"), ir::DType::f32, shape, values);
  }

  ir::Graph graph_;
  TensorId at_;
  Random random_;
};

[[noreturn]] void refuse(const ModelSpec& spec, const Shape& features, const std::string& why) {
  std::string shape;
  for (int32_t extent : features) shape += (shape.empty() ? "" : ", ") + std::to_string(extent);
  throw ir::GraphError("model '" + spec.type + "' over features [" + shape + "]: " + why);
}

void dense_stack(Builder& b, const std::vector<int32_t>& widths, bool batch_norm) {
  for (int32_t width : widths) {
    b.dense(width);
    if (batch_norm) b.norm();
    b.relu();
  }
}

void build_mlp(Builder& b, const ModelSpec& spec) {
  b.flatten();
  dense_stack(b, spec.hidden, spec.batch_norm);
}

void build_conv1d(Builder& b, const ModelSpec& spec) {
  const Shape features = b.shape();
  if (features.size() != 4) refuse(spec, features, "needs an image or raw samples over time");
  if (features[2] != 1) b.reshape({1, features[1], 1, features[2] * features[3]});
  for (int32_t filters : spec.filters) b.conv(filters, spec.kernel, 1, spec.stride, 1);
  b.mean_over_image();
}

void build_ds_cnn(Builder& b, const ModelSpec& spec) {
  if (b.shape().size() != 4) refuse(spec, b.shape(), "needs an image: mel or raw features");
  b.conv(spec.channels, spec.stem_h, spec.stem_w, spec.stride_h, spec.stride_w);
  for (int32_t block = 0; block < spec.blocks; ++block) {
    b.depthwise(3, 3);
    b.conv(spec.channels, 1, 1, 1, 1);
  }
  b.mean_over_image();
}

void build_autoencoder(Builder& b, const ModelSpec& spec) {
  b.flatten();
  const TensorId x = b.at();
  const int32_t width = b.shape().back();
  std::vector<int32_t> widths = spec.hidden;
  widths.push_back(spec.code);
  widths.insert(widths.end(), spec.hidden.rbegin(), spec.hidden.rend());
  dense_stack(b, widths, spec.batch_norm);
  b.dense(width);
  b.node("reconstruction_error", {x, b.at()}, {});
}

}  // namespace

const std::vector<std::string>& model_types() {
  static const std::vector<std::string> types{"autoencoder", "conv1d", "ds_cnn", "mlp"};
  return types;
}

Model make_model(const ModelSpec& spec, const Shape& features, int32_t classes, uint64_t seed,
                 const Standardisation& standardisation) {
  Builder b(features, seed);
  Model model;
  b.standardise(standardisation);
  model.network_input = b.at();
  b.graph().name = spec.type;
  if (spec.type == "mlp") {
    build_mlp(b, spec);
  } else if (spec.type == "conv1d") {
    build_conv1d(b, spec);
  } else if (spec.type == "ds_cnn") {
    build_ds_cnn(b, spec);
  } else if (spec.type == "autoencoder") {
    build_autoencoder(b, spec);
  } else {
    refuse(spec, features, "there is no such type");
  }
  model.trained_output = b.at();
  if (spec.type != "autoencoder") {
    model.dropout_tensor = b.at();
    b.dense(classes);
    model.trained_output = b.at();
    b.node("softmax", {b.at()}, {{"beta", 1.0}});
  }
  b.graph().outputs = {b.at()};
  model.graph = std::move(b.graph());
  return model;
}

Standardisation standardise(const Shape& features, std::span<const float> x) {
  const bool image = features.size() == 4;
  const int64_t period =
      image ? int64_t{features[2]} * features[3]
            : std::accumulate(features.begin(), features.end(), int64_t{1}, std::multiplies<>());
  const auto count = static_cast<size_t>(period);
  std::vector<double> sum(count, 0.0), square(count, 0.0);
  const size_t rows_of_x = x.size() / count;
  const auto rows = static_cast<double>(rows_of_x);
  for (size_t i = 0; i < x.size(); ++i) sum[i % count] += x[i];
  for (double& s : sum) s /= rows;
  for (size_t i = 0; i < x.size(); ++i) {
    const double d = x[i] - sum[i % count];
    square[i % count] += d * d;
  }
  Standardisation result;
  for (size_t i = 0; i < count; ++i) {
    const double deviation = std::sqrt(square[i] / rows);
    result.mean.push_back(static_cast<float>(sum[i]));
    // A feature that hardly moves must not be blown up to the others' size.
    const bool moves = deviation > 1e-6 * (1.0 + std::fabs(sum[i]));
    result.factor.push_back(moves ? static_cast<float>(1.0 / deviation) : 1.0f);
  }
  return result;
}

}  // namespace mote::learn

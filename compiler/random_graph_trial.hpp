// Test aid: random models, which are valid graphs of layers in chains and branches, every one of
// which the reference kernels can compute.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/verify.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {

struct RandomGraphOptions {
  bool integers = true;  // int8, with conversions from and to float at the ends; else float32
  int nodes_max = 12;    // the same seed with fewer nodes gives the beginning of the same graph
};

class RandomGraph {
 public:
  RandomGraph(uint32_t seed, const RandomGraphOptions& options)
      : random_(seed), integers_(options.integers) {
    graph_.name = "random " + std::to_string(seed);
    const int nodes = std::min(random_.between(2, 14), options.nodes_max);
    start();
    // Some attempts are refused; a graph of fewer nodes is a graph too.
    for (int attempt = 0; attempt < 60 && nodes_made() < nodes; ++attempt) attempt_layer();
  }

  ir::Graph finish() {
    for (const ir::TensorId id : live_) {
      if (graph_.consumers(id).empty() && graph_.producer(id) >= 0) graph_.outputs.push_back(id);
    }
    if (graph_.outputs.empty()) graph_.outputs.push_back(live_.back());
    // Now and then somebody wants an intermediate value too.
    const ir::TensorId other = any();
    if (random_.between(0, 3) == 0 && graph_.producer(other) >= 0 && !graph_.is_output(other)) {
      graph_.outputs.push_back(other);
    }
    ir::verify(graph_);
    return std::move(graph_);
  }

 private:
  int nodes_made() const { return static_cast<int>(graph_.nodes.size()); }
  const ir::Tensor& tensor(ir::TensorId id) const { return graph_.tensor(id); }

  void start() {
    const int inputs = random_.between(0, 3) == 0 ? 2 : 1;
    const ir::Shape shape{1, random_.between(1, 9), random_.between(1, 9), channels()};
    for (int i = 0; i < inputs; ++i) {
      const bool flat = random_.between(0, 5) == 0;
      const bool real = !integers_ || random_.between(0, 7) == 0;
      ir::Tensor x{"input" + std::to_string(i),
                   real ? ir::DType::f32 : ir::DType::i8,
                   flat ? ir::Shape{1, random_.between(1, 60)} : shape,
                   {},
                   false,
                   {}};
      if (!real) x.quantization = trial_quantization(random_, 1);
      const ir::TensorId id = graph_.add_tensor(std::move(x));
      graph_.inputs.push_back(id);
      live_.push_back(id);
      if (integers_ && real) add("quantize", {id}, {}, trial_quantization(random_, 2));
    }
  }

  int32_t channels() {
    return random_.between(0, 1) ? random_.between(1, 20) : 4 * random_.between(1, 6);
  }

  // Prefers what was made last, so that chains grow; sometimes goes back, so that they branch.
  ir::TensorId any() {
    const auto last = static_cast<int32_t>(live_.size()) - 1;
    const int32_t index = random_.between(0, 2) == 0 ? random_.between(0, last) : last;
    return live_[static_cast<size_t>(index)];
  }
  bool is_image(ir::TensorId id) const { return tensor(id).shape.size() == 4; }
  bool is_integer(ir::TensorId id) const { return tensor(id).dtype == ir::DType::i8; }

  ir::Quantization quantization(ir::TensorId like, int32_t terms) {
    return is_integer(like) ? trial_quantization(random_, terms) : ir::Quantization{};
  }

  // Appends a node if its shape rule and the reference kernels take it. The quantization is a copy,
  // since the caller's may be a tensor's, and tensors move.
  // NOLINTBEGIN(performance-unnecessary-value-param)
  std::optional<ir::TensorId> add(const std::string& op, std::vector<ir::TensorId> inputs,
                                  ir::Attributes attributes, ir::Quantization q, int outputs = 1) {
    // NOLINTEND(performance-unnecessary-value-param)
    const size_t tensors = graph_.tensors.size(), nodes = graph_.nodes.size();
    try {
      const auto made = graph_.add_node(op, std::move(inputs), std::move(attributes), outputs);
      for (ir::TensorId id : made) {
        ir::Tensor& y = graph_.tensor(id);
        if (y.dtype == ir::DType::i8) y.quantization = q;
        if (y.elements() > 20000) throw ir::GraphError("too large for a test");
      }
      (void)ir::lower(graph_, graph_.nodes.back(), {"reference", {Isa::reference}, 0, 0});
      live_.insert(live_.end(), made.begin(), made.end());
      return made[0];
    } catch (const ir::GraphError&) {
      graph_.tensors.resize(tensors);
      graph_.nodes.resize(nodes);
      return std::nullopt;
    }
  }

  void attempt_layer() {
    const ir::TensorId x = any();
    switch (random_.between(0, 19)) {
      case 0:
      case 1:
      case 2:
        return convolution(x);
      case 3:
      case 4:
        return depthwise(x);
      case 5:
      case 6:
        return fully_connected(x);
      case 7:
        return pool(x);
      case 8:
      case 9:
        return arithmetic(x);
      case 10:
        return concatenation(x);
      case 11:
        return padding(x);
      case 12:
        return reshape(x);
      case 13:
        return softmax(x);
      case 14:
      case 15:
        return activation(x);
      case 16:
        return reduction(x);
      case 17:
        return slice(x);
      case 18:
        return movement(x);
      default:
        return conversion(x);
    }
  }

  // Weights and bias, with dead channels; floats without.
  std::vector<ir::TensorId> constants(const ir::Shape& shape, int32_t axis, bool integer) {
    if (integer) return add_trial_weights(graph_, random_, shape, axis);
    int64_t count = 1;
    for (int32_t extent : shape) count *= extent;
    const int32_t biases = shape[static_cast<size_t>(axis)];
    const ir::TensorId w =
        graph_.add_constant("weights", ir::DType::f32, shape, reals(count, 0.5f));
    return {w, graph_.add_constant("bias", ir::DType::f32, {biases}, reals(biases, 2.0f))};
  }
  std::vector<float> reals(int64_t count, float reach) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = random_.real(-reach, reach);
    return values;
  }

  ir::Attributes window(ir::TensorId x, int32_t kernel) {
    const ir::Shape& shape = tensor(x).shape;
    const bool valid = kernel <= shape[1] && kernel <= shape[2] && random_.between(0, 1) == 0;
    return {{"stride_h", int64_t{random_.between(1, 2)}},
            {"stride_w", int64_t{random_.between(1, 2)}},
            {"padding", std::string(valid ? "valid" : "same")},
            {"activation", trial_activation(random_)}};
  }

  // A window of a convolution: it may be padded unevenly.
  ir::Attributes convolution_window(ir::TensorId x, int32_t kernel) {
    ir::Attributes attributes = window(x, kernel);
    if (random_.between(0, 4) != 0) return attributes;
    attributes["padding"] = std::string("explicit");
    for (const char* side : {"pad_top", "pad_bottom", "pad_left", "pad_right"}) {
      attributes[side] = int64_t{random_.between(0, kernel - 1)};
    }
    return attributes;
  }

  void convolution(ir::TensorId x) {
    if (!is_image(x)) return;
    const int32_t kernel = random_.between(0, 1) ? 1 : random_.between(2, 4);
    const int32_t in = tensor(x).shape[3];
    const bool integer = is_integer(x);
    auto inputs = constants({channels(), kernel, kernel, in}, 0, integer);
    inputs.insert(inputs.begin(), x);
    if (random_.between(0, 5) == 0) inputs.pop_back();  // no bias
    ir::Attributes attributes = convolution_window(x, kernel);
    if (random_.between(0, 5) == 0)
      attributes["dilation_h"] = attributes["dilation_w"] = int64_t{2};
    add("conv2d", inputs, attributes, quantization(x, kernel * kernel * in));
  }

  void depthwise(ir::TensorId x) {
    if (!is_image(x)) return;
    const int32_t kernel = random_.between(0, 4) == 0 ? random_.between(1, 5) : 3;
    const int32_t multiplier = random_.between(0, 5) == 0 ? 2 : 1;
    auto inputs = constants({1, kernel, kernel, tensor(x).shape[3] * multiplier}, 3, is_integer(x));
    inputs.insert(inputs.begin(), x);
    add("depthwise_conv2d", inputs, convolution_window(x, kernel),
        quantization(x, kernel * kernel));
  }

  void fully_connected(ir::TensorId x) {
    const int32_t in = tensor(x).shape.back();
    auto inputs = constants({random_.between(1, 24), in}, 0, is_integer(x));
    inputs.insert(inputs.begin(), x);
    if (random_.between(0, 5) == 0) inputs.pop_back();
    ir::Attributes attributes{{"activation", trial_activation(random_)}};
    if (tensor(x).shape.size() > 2) attributes["keep_dims"] = int64_t{1};
    add("fully_connected", inputs, attributes, quantization(x, in));
  }

  void pool(ir::TensorId x) {
    if (!is_image(x)) return;
    const int32_t filter = random_.between(1, 4);
    ir::Attributes attributes = window(x, filter);
    attributes["filter_h"] = attributes["filter_w"] = int64_t{filter};
    const char* op = random_.between(0, 2) == 0 ? "max_pool" : "average_pool";
    add(op, {x}, attributes, ir::Quantization(tensor(x).quantization));
  }

  // Another tensor of the same shape and type, or a constant per channel.
  ir::TensorId partner(ir::TensorId x) {
    for (int attempt = 0; attempt < 4; ++attempt) {
      const ir::TensorId other = any();
      if (other != x && tensor(other).shape == tensor(x).shape &&
          tensor(other).dtype == tensor(x).dtype) {
        return other;
      }
    }
    const int32_t c = tensor(x).shape.back();
    if (!is_integer(x)) return graph_.add_constant("constant", ir::DType::f32, {c}, reals(c, 2.0f));
    const ir::TensorId made =
        graph_.add_constant("constant", ir::DType::i8, {c}, random_.bytes(c, -128, 127));
    graph_.tensor(made).quantization = trial_quantization(random_, 1);
    return made;
  }

  void arithmetic(ir::TensorId x) {
    static constexpr const char* fused[] = {"add", "add", "add", "mul", "sub"};
    const ir::TensorId other = partner(x);
    const auto q = quantization(x, 2);
    if (random_.between(0, 5) == 0) {
      const char* op = random_.between(0, 1) ? "maximum" : "minimum";
      const bool same = tensor(other).quantization == tensor(x).quantization;
      if (same) add(op, {x, other}, {}, tensor(x).quantization);
      return;
    }
    const bool swapped = random_.between(0, 1) != 0;
    add(fused[random_.between(0, 4)],
        swapped ? std::vector<ir::TensorId>{other, x} : std::vector<ir::TensorId>{x, other},
        {{"activation", trial_activation(random_)}}, q);
  }

  // Parts are brought to one quantisation first, as converters do.
  ir::TensorId rescaled(ir::TensorId x, const ir::Quantization& q) {
    if (!is_integer(x) || tensor(x).quantization == q) return x;
    return add("quantize", {x}, {}, q).value_or(x);
  }

  void concatenation(ir::TensorId x) {
    const ir::Quantization q = quantization(x, 2);
    std::vector<ir::TensorId> parts;
    const int count = random_.between(2, 3);
    const int64_t axis = random_.between(0, 1) ? -1 : 1;
    for (int i = 0; i < count; ++i) {
      const ir::TensorId part = i == 0 ? x : any();
      if (tensor(part).dtype != tensor(x).dtype) continue;
      parts.push_back(rescaled(part, q));
    }
    add("concat", parts, {{"axis", axis}}, q);
  }

  ir::TensorId ints(const std::vector<int32_t>& values, ir::Shape shape = {}) {
    if (shape.empty()) shape = {static_cast<int32_t>(values.size())};
    return graph_.add_constant("amounts", ir::DType::i32, shape, values);
  }

  void padding(ir::TensorId x) {
    const auto rank = static_cast<int32_t>(tensor(x).shape.size());
    std::vector<int32_t> amounts(static_cast<size_t>(2 * rank), 0);
    for (size_t i = 2; i < amounts.size(); ++i) amounts[i] = random_.between(0, 2);
    add("pad", {x, ints(amounts, {rank, 2})}, {}, ir::Quantization(tensor(x).quantization));
  }

  void reshape(ir::TensorId x) {
    const ir::Shape s = tensor(x).shape;
    std::vector<int64_t> to{1, tensor(x).elements()};
    if (s.size() == 4 && random_.between(0, 1)) to = {1, s[2], s[1], s[3]};
    if (s.size() == 2) to = {1, 1, s[0], s[1]};
    add("reshape", {x}, {{"shape", to}}, ir::Quantization(tensor(x).quantization));
  }

  void softmax(ir::TensorId x) { add("softmax", {x}, {{"beta", 1.0}}, {{1.0f / 256}, {-128}, -1}); }

  void activation(ir::TensorId x) {
    static constexpr const char* names[] = {"relu",     "relu6", "relu_n1_to_1", "leaky_relu",
                                            "elu",      "tanh",  "abs",          "hard_swish",
                                            "logistic", "relu",  "relu6",        "square"};
    const std::string name = names[random_.between(0, 11)];
    ir::Quantization q = quantization(x, 2);
    // A pass fuses those that keep scale and zero point.
    if (random_.between(0, 1)) q = tensor(x).quantization;
    if (is_integer(x) && name == "logistic") q = {{1.0f / 256}, {-128}, -1};
    if (is_integer(x) && name == "tanh") q = {{1.0f / 128}, {0}, -1};
    ir::Attributes attributes;
    if (name == "leaky_relu") attributes["alpha"] = 0.125;
    add(name, {x}, attributes, q);
  }

  void reduction(ir::TensorId x) {
    if (!is_image(x)) return;
    const char* names[] = {"mean", "mean", "reduce_max", "sum"};
    const std::string name = names[random_.between(0, 3)];
    const auto axes = random_.between(0, 2) ? ints({1, 2}) : ints({random_.between(1, 3)});
    const bool same = name == "reduce_max";
    add(name, {x, axes}, {{"keep_dims", int64_t{random_.between(0, 1)}}},
        same ? ir::Quantization(tensor(x).quantization) : quantization(x, 2));
  }

  void slice(ir::TensorId x) {
    const ir::Shape shape = tensor(x).shape;
    const ir::Quantization q = tensor(x).quantization;
    if (shape.back() % 2 == 0 && random_.between(0, 1)) {
      const int32_t axis = static_cast<int32_t>(shape.size()) - 1;
      add("split", {ints({axis}), x}, {}, q, 2);
      return;
    }
    std::vector<int32_t> begin, size;
    for (int32_t extent : shape) {
      begin.push_back(random_.between(0, extent - 1));
      size.push_back(random_.between(1, extent - begin.back()));
    }
    add("slice", {x, ints(begin), ints(size)}, {}, q);
  }

  void movement(ir::TensorId x) {
    const ir::Quantization q = tensor(x).quantization;
    if (!is_image(x)) return;
    const ir::Shape s = tensor(x).shape;
    switch (random_.between(0, 3)) {
      case 0:
        add("transpose", {x, ints({0, 2, 1, 3})}, {}, q);
        return;
      case 1:
        add("resize_nearest", {x, ints({s[1] + random_.between(0, 2), s[2] * 2})},
            {{"align_corners", int64_t{0}}, {"half_pixel_centers", int64_t{random_.between(0, 1)}}},
            q);
        return;
      case 2:
        add("space_to_depth", {x}, {{"block", int64_t{2}}}, q);
        return;
      default:
        add("depth_to_space", {x}, {{"block", int64_t{2}}}, q);
        return;
    }
  }

  void conversion(ir::TensorId x) {
    if (!integers_) return;
    if (is_integer(x) && random_.between(0, 3) == 0) {
      add("dequantize", {x}, {}, {});
    } else {
      add("quantize", {x}, {}, trial_quantization(random_, 2));
    }
  }

  TrialRandom random_;
  const bool integers_;
  ir::Graph graph_;
  std::vector<ir::TensorId> live_;  // what a layer can read
};

// A verified graph. Every result that no node reads is an output, so that all of it counts. The
// same seed gives the same graph on every machine.
inline ir::Graph random_graph(uint32_t seed, const RandomGraphOptions& options = {}) {
  return RandomGraph(seed, options).finish();
}

}  // namespace mote

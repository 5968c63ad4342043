// Graphs and inputs for tests of quantisation.
#pragma once

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "compiler/calibrate.hpp"
#include "compiler/ir/graph.hpp"

namespace mote::quantize {

inline std::vector<float> random_floats(std::mt19937& random, size_t count, float size,
                                        float mean = 0) {
  std::normal_distribution<float> distribution(mean, size);
  std::vector<float> values(count);
  for (float& v : values) v = distribution(random);
  return values;
}

inline Sample sample_of(const std::vector<float>& values) {
  const auto* raw = reinterpret_cast<const uint8_t*>(values.data());
  return {std::vector<uint8_t>(raw, raw + values.size() * sizeof(float))};
}

inline std::vector<Sample> random_samples(const ir::Graph& graph, size_t count, uint32_t seed,
                                          float mean = 0) {
  std::mt19937 random(seed);
  std::vector<Sample> samples;
  for (size_t i = 0; i < count; ++i) {
    const auto elements = static_cast<size_t>(graph.tensor(graph.inputs.at(0)).elements());
    samples.push_back(sample_of(random_floats(random, elements, 1, mean)));
  }
  return samples;
}

// Builds float graphs with weights drawn from one stream.
class GraphMaker {
 public:
  GraphMaker(ir::Shape input, uint32_t seed) : random_(seed) {
    graph.name = "made";
    graph.inputs = {graph.add_tensor({"x", ir::DType::f32, std::move(input), {}, false, {}})};
    top = graph.inputs[0];
  }

  ir::TensorId constant(const std::string& name, ir::Shape shape, float size, float mean = 0) {
    size_t count = 1;
    for (int32_t extent : shape) count *= static_cast<size_t>(extent);
    return graph.add_constant(name, ir::DType::f32, std::move(shape),
                              random_floats(random_, count, size, mean));
  }

  GraphMaker& add(const std::string& op, std::vector<ir::TensorId> inputs,
                  ir::Attributes attributes) {
    top = graph.add_node(op, std::move(inputs), std::move(attributes)).at(0);
    graph.tensor(top).name = op + std::to_string(graph.nodes.size());
    return *this;
  }

  GraphMaker& conv(int32_t channels, int32_t kernel, const std::string& activation) {
    const int32_t in = graph.tensor(top).shape.back();
    const float size = 1.0f / std::sqrt(static_cast<float>(in * kernel * kernel));
    const ir::TensorId w = constant("w", {channels, kernel, kernel, in}, size);
    const ir::TensorId b = constant("b", {channels}, 0.1f);
    return add("conv2d", {top, w, b}, window(activation));
  }

  GraphMaker& depthwise(int32_t kernel, const std::string& activation) {
    const int32_t channels = graph.tensor(top).shape.back();
    const float size = 1.0f / static_cast<float>(kernel);
    const ir::TensorId w = constant("dw", {1, kernel, kernel, channels}, size);
    const ir::TensorId b = constant("db", {channels}, 0.1f);
    return add("depthwise_conv2d", {top, w, b}, window(activation));
  }

  GraphMaker& pool(const std::string& op, int64_t size) {
    return add(op, {top},
               {{"filter_h", size},
                {"filter_w", size},
                {"stride_h", size},
                {"stride_w", size},
                {"padding", std::string("valid")},
                {"activation", std::string("none")}});
  }

  GraphMaker& flatten() {
    return add("reshape", {top},
               {{"shape", std::vector<int64_t>{1, graph.tensor(top).elements()}}});
  }

  GraphMaker& dense(int32_t outputs, const std::string& activation = "none") {
    const int32_t in = graph.tensor(top).shape.back();
    const ir::TensorId w = constant("fw", {outputs, in}, 1.0f / std::sqrt(static_cast<float>(in)));
    const ir::TensorId b = constant("fb", {outputs}, 0.1f);
    return add("fully_connected", {top, w, b}, {{"activation", activation}});
  }

  ir::Graph finish() {
    graph.outputs = {top};
    return graph;
  }

  ir::Graph graph;
  ir::TensorId top;

 private:
  static ir::Attributes window(const std::string& activation) {
    return {{"stride_h", int64_t{1}},
            {"stride_w", int64_t{1}},
            {"padding", std::string("same")},
            {"activation", activation}};
  }

  std::mt19937 random_;
};

// conv -> depthwise -> conv -> pool -> dense -> softmax over [1, 8, 8, 3].
inline ir::Graph small_net(uint32_t seed) {
  GraphMaker made({1, 8, 8, 3}, seed);
  made.conv(8, 3, "relu").depthwise(3, "relu").conv(12, 1, "relu").pool("average_pool", 4);
  made.flatten().dense(5).add("softmax", {made.top}, {{"beta", 1.0}});
  return made.finish();
}

}  // namespace mote::quantize

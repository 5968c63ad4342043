// A linear node with other weights says what its weights are multiplied with: with a one for tap t
// and nothing else its output is x_t. So each node gets companions with such weights, and the
// windows, strides and padding of ops stay theirs.

#include "compiler/measure_moments.hpp"

#include <algorithm>

#include "compiler/interpret.hpp"
#include "compiler/ir/op.hpp"

namespace mote::quantize {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;
using ir::TensorId;

constexpr size_t taps_max = 1152;  // of a channel: more would take minutes
constexpr size_t places_max = 48;  // of a sample
constexpr size_t samples_max = 64;

// A node's companions: outputs with a channel for each tap, or one output for each tap.
struct Companions {
  size_t node;
  size_t taps;
  std::vector<TensorId> outputs;
};

class Measurement {
 public:
  explicit Measurement(const Graph& graph) : graph_(graph), probe_(graph) {
    for (size_t i = 0; i < graph.nodes.size(); ++i) add(i);
  }

  std::vector<SecondMoments> run(std::span<const Sample> samples) {
    std::vector<SecondMoments> moments(graph_.nodes.size());
    Interpreter interpreter(probe_, host_target());
    for (const Sample& sample : samples.first(std::min(samples.size(), samples_max))) {
      interpreter.run(sample);
      for (const Companions& own : companions_) {
        own.outputs.size() == 1 ? add_rows(own, interpreter, moments[own.node])
                                : add_columns(own, interpreter, moments[own.node]);
      }
    }
    return moments;
  }

 private:
  void add(size_t index) {
    const Node& node = graph_.nodes[index];
    const ir::OpDef& op = ir::find_op(node.op);
    if (op.traits.role != ir::Role::linear || op.quantization.weights < 0) return;
    const auto w = static_cast<size_t>(op.quantization.weights);
    const Tensor& weights = graph_.tensor(node.inputs.at(w));
    const Tensor& y = graph_.tensor(node.outputs.at(0));
    if (!weights.constant || weights.dtype != ir::DType::f32) return;
    const int32_t axis = op.quantization.channel_axis;
    const int32_t channels = weights.shape.at(static_cast<size_t>(axis));
    const auto taps = static_cast<size_t>(weights.elements() / channels);
    const bool first = axis == 0, last = axis + 1 == static_cast<int32_t>(weights.shape.size());
    if (taps > taps_max || (!first && !last) || y.shape.back() != channels) return;
    // In groups the channels of the output would be other channels of the input.
    if (first && weights.shape.back() != graph_.tensor(node.inputs[0]).shape.back()) return;
    Companions own{index, taps, {}};
    if (first) {
      ir::Shape shape = weights.shape;
      shape[0] = static_cast<int32_t>(taps);
      std::vector<float> ones(taps * taps, 0.0f);
      for (size_t t = 0; t < taps; ++t) ones[t * taps + t] = 1.0f;
      own.outputs.push_back(companion(node, w, shape, ones, static_cast<int32_t>(taps)));
    } else {
      const auto count = static_cast<size_t>(channels);
      for (size_t t = 0; t < taps; ++t) {
        std::vector<float> ones(taps * count, 0.0f);
        std::fill_n(ones.begin() + static_cast<std::ptrdiff_t>(t * count), count, 1.0f);
        own.outputs.push_back(companion(node, w, weights.shape, ones, channels));
      }
    }
    companions_.push_back(std::move(own));
  }

  TensorId companion(const Node& node, size_t w, const ir::Shape& shape,
                     const std::vector<float>& weights, int32_t channels) {
    Node copy = node;
    copy.inputs.resize(w + 1);
    copy.inputs[w] = probe_.add_constant("taps", ir::DType::f32, shape, weights);
    copy.attributes["activation"] = std::string("none");
    Tensor y = graph_.tensor(node.outputs[0]);
    y.shape.back() = channels;
    copy.outputs = {probe_.add_tensor(std::move(y))};
    probe_.nodes.push_back(copy);
    return copy.outputs[0];
  }

  static std::span<const float> floats(const Interpreter& interpreter, TensorId id) {
    const auto bytes = interpreter.bytes(id);
    return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
  }

  // The upper triangle; the lower one is its mirror image.
  static void add_products(std::vector<double>& sums, std::span<const float> x) {
    for (size_t s = 0; s < x.size(); ++s) {
      if (x[s] == 0.0f) continue;
      for (size_t t = 0; t < x.size(); ++t) {
        sums[s * x.size() + t] += static_cast<double>(x[s]) * static_cast<double>(x[t]);
      }
    }
  }

  static size_t step_over(size_t places) { return (places + places_max - 1) / places_max; }

  void add_rows(const Companions& own, const Interpreter& interpreter, SecondMoments& moments) {
    moments.taps = own.taps;
    moments.of_channel.resize(1, std::vector<double>(own.taps * own.taps, 0.0));
    const auto values = floats(interpreter, own.outputs[0]);
    const size_t places = values.size() / own.taps;
    for (size_t place = 0; place < places; place += step_over(places)) {
      add_products(moments.of_channel[0], values.subspan(place * own.taps, own.taps));
    }
  }

  void add_columns(const Companions& own, const Interpreter& interpreter, SecondMoments& moments) {
    const auto channels = static_cast<size_t>(probe_.tensor(own.outputs[0]).shape.back());
    moments.taps = own.taps;
    moments.of_channel.resize(channels, std::vector<double>(own.taps * own.taps, 0.0));
    std::vector<std::span<const float>> values;
    for (const TensorId id : own.outputs) values.push_back(floats(interpreter, id));
    const size_t places = values[0].size() / channels;
    std::vector<float> x(own.taps);
    for (size_t place = 0; place < places; place += step_over(places)) {
      for (size_t c = 0; c < channels; ++c) {
        for (size_t t = 0; t < own.taps; ++t) x[t] = values[t][place * channels + c];
        add_products(moments.of_channel[c], x);
      }
    }
  }

  const Graph& graph_;
  Graph probe_;
  std::vector<Companions> companions_;
};

}  // namespace

std::vector<SecondMoments> measure_moments(const Graph& graph, std::span<const Sample> samples) {
  return Measurement(graph).run(samples);
}

}  // namespace mote::quantize

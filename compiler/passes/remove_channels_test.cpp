// Random networks with dead channels compute the same before and after their removal.

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "compiler/interpret.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/passes/channels.hpp"
#include "compiler/passes/passes.hpp"

namespace mote::passes {
namespace {

using namespace ir;

class Network {
 public:
  explicit Network(uint32_t seed) : random_(seed) {
    TensorId x = tensor({1, between(3, 6), between(3, 6), between(1, 9)});
    graph_.inputs = {x};
    for (int i = between(1, 4); i > 0; --i) x = block(x);
    const Shape shape = graph_.tensor(x).shape;
    x = node("average_pool", {x},
             {{"filter_h", int64_t{shape[1]}},
              {"filter_w", int64_t{shape[2]}},
              {"stride_h", int64_t{1}},
              {"stride_w", int64_t{1}},
              {"padding", std::string("valid")},
              {"activation", std::string("none")}},
             graph_.tensor(x).quantization);
    x = node("reshape", {x}, {{"shape", std::vector<int64_t>{1, shape[3]}}},
             graph_.tensor(x).quantization);
    const auto [w, b] = weights({between(1, 5), shape[3]}, 0);
    graph_.outputs = {node("fully_connected", {x, w, b}, {}, quantization())};
  }

  Graph take() { return std::move(graph_); }

 private:
  int32_t between(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random_() % static_cast<uint32_t>(high - low + 1));
  }
  Quantization quantization() {
    const int32_t zero = between(0, 1) == 0 ? -128 : between(-128, 127);
    return {{0.01f * static_cast<float>(between(1, 40))}, {zero}, -1};
  }
  TensorId tensor(const Shape& shape) {
    return graph_.add_tensor({"t", DType::i8, shape, quantization(), false, {}});
  }
  // q: by value, since a new node may move the tensor that it comes from.
  TensorId node(const char* op, std::vector<TensorId> inputs, Attributes attributes,
                Quantization q) {
    const TensorId y = graph_.add_node(op, std::move(inputs), std::move(attributes)).front();
    graph_.tensor(y).quantization = std::move(q);
    return y;
  }
  // Some outputs have no weights, some inputs (of the last axis) are read by none.
  std::pair<TensorId, TensorId> weights(const Shape& shape, size_t axis) {
    const int32_t outputs = shape[axis], inner = shape.back();
    std::vector<bool> dead(static_cast<size_t>(outputs)), unread(static_cast<size_t>(inner));
    for (size_t i = 0; i < dead.size(); ++i) dead[i] = between(0, 2) == 0;
    for (size_t i = 0; i < unread.size(); ++i) unread[i] = axis == 0 && between(0, 3) == 0;
    int32_t count = 1;
    for (const int32_t extent : shape) count *= extent;
    std::vector<int8_t> values;
    for (int32_t i = 0; i < count; ++i) {
      const int32_t output = axis == 0 ? i / (count / outputs) : i % outputs;
      const bool zero = dead[static_cast<size_t>(output)] || unread[static_cast<size_t>(i % inner)];
      values.push_back(static_cast<int8_t>(zero ? 0 : between(-127, 127)));
    }
    const TensorId w = graph_.add_constant("w", DType::i8, shape, values);
    Quantization& q = graph_.tensor(w).quantization;
    std::vector<int32_t> bias;
    if (between(0, 1)) q.axis = static_cast<int32_t>(axis);
    for (int32_t o = 0; o < outputs; ++o) {
      if (o == 0 || q.axis >= 0) {
        q.scale.push_back(0.001f * static_cast<float>(between(1, 20)));
        q.zero_point.push_back(0);
      }
      bias.push_back(between(0, 5) == 0 ? -2'000'000 : between(-20'000, 20'000));
    }
    if (between(0, 3) == 0) return {w, no_tensor};
    return {w, graph_.add_constant("b", DType::i32, {outputs}, bias)};
  }
  TensorId linear(const char* op, TensorId x, const Shape& shape, size_t axis) {
    const auto [w, b] = weights(shape, axis);
    const char* const activations[] = {"none", "relu", "relu6"};
    const Shape& in = graph_.tensor(x).shape;
    const bool fits = shape[1] <= in[1] && shape[2] <= in[2];
    return node(op, {x, w, b},
                {{"stride_h", int64_t{1}},
                 {"stride_w", int64_t{between(1, 2)}},
                 {"padding", std::string(fits && between(0, 2) == 0 ? "valid" : "same")},
                 {"activation", std::string(activations[between(0, 2)])}},
                quantization());
  }
  // A convolution, perhaps a depthwise one, perhaps added to a second convolution.
  TensorId block(TensorId x) {
    const int32_t in = graph_.tensor(x).shape[3], out = between(1, 24), k = between(0, 1) ? 1 : 3;
    TensorId y = linear("conv2d", x, {out, k, k, in}, 0);
    if (between(0, 1)) {
      const TensorId other = node("conv2d", graph_.nodes.back().inputs,
                                  graph_.nodes.back().attributes, quantization());
      y = node("add", {y, other}, {{"activation", std::string("relu")}},
               {{1.0f}, {between(-128, 127)}, -1});
    }
    if (between(0, 1)) y = linear("depthwise_conv2d", y, {1, 3, 3, out}, 3);
    return y;
  }

  std::mt19937 random_;
  Graph graph_;
};

std::vector<uint8_t> run(const Graph& graph, const std::vector<uint8_t>& x) {
  Interpreter interpreter(graph, host_target());
  const std::vector<uint8_t> inputs[] = {x};
  interpreter.run(inputs);
  const auto bytes = interpreter.bytes(graph.outputs[0]);
  return {bytes.begin(), bytes.end()};
}

int64_t channels(const Graph& graph) {
  int64_t sum = 0;
  for (const Node& node : graph.nodes) sum += graph.tensor(node.outputs[0]).shape.back();
  return sum;
}

TEST(RemoveChannels, KeepsEveryBit) {
  int64_t before = 0, after = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Graph graph = Network(seed).take();
    verify(graph);
    Graph smaller = graph;
    remove_channels(smaller, evaluate_on_host);
    ir::remove_dead(smaller);
    verify(smaller);
    before += channels(graph);
    after += channels(smaller);
    std::mt19937 random(seed);
    for (int i = 0; i < 8; ++i) {
      std::vector<uint8_t> x(static_cast<size_t>(graph.tensor(graph.inputs[0]).byte_size()));
      for (uint8_t& value : x) {
        value = static_cast<uint8_t>(i == 0 ? 0x80 : i == 1 ? 0x7f : random());
      }
      ASSERT_EQ(run(smaller, x), run(graph, x));
    }
  }
  EXPECT_LT(after, before * 9 / 10) << "hardly anything was removed";
}

// Every value that a network computes lies in the range that is claimed for its channel.
TEST(ChannelRanges, HoldEveryValue) {
  int narrowed = 0;
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Graph graph = Network(seed).take();
    const auto ranges = channel_ranges(graph, evaluate_on_host);
    Interpreter interpreter(graph, host_target());
    std::mt19937 random(seed);
    for (int i = 0; i < 8; ++i) {
      std::vector<uint8_t> x(static_cast<size_t>(graph.tensor(graph.inputs[0]).byte_size()));
      for (uint8_t& value : x) value = static_cast<uint8_t>(random());
      const std::vector<uint8_t> inputs[] = {x};
      interpreter.run(inputs);
      for (const Node& node : graph.nodes) {
        const auto& own = ranges[static_cast<size_t>(node.outputs[0])];
        const auto bytes = interpreter.bytes(node.outputs[0]);
        for (size_t k = 0; k < bytes.size(); ++k) {
          const auto value = static_cast<int8_t>(bytes[k]);
          ASSERT_GE(value, own[k % own.size()].low) << node.op;
          ASSERT_LE(value, own[k % own.size()].high) << node.op;
        }
        narrowed += std::ranges::count_if(own, [](Range r) { return r.constant(); });
      }
    }
  }
  EXPECT_GE(narrowed, 1000);
}

}  // namespace
}  // namespace mote::passes

// Post-training quantisation of recurrent layers, as PyTorch writes them to ONNX.
#include <gtest/gtest.h>

#include "compiler/import/onnx_builder.hpp"
#include "compiler/import_model.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/post_training_trial.hpp"

namespace mote::quantize {
namespace {

struct RecurrentCase {
  std::string op;  // "GRU" or "LSTM"
  bool reset_after;
  std::string direction;
  float start = 0;  // size of the values of the state before
};

// x [24, 1, 10] -> 16 cells from a given state, as PyTorch writes it -> the last state -> Gemm
// -> y [directions, 4].
ir::Graph recurrent_net(uint32_t seed, const RecurrentCase& net) {
  std::mt19937 random(seed);
  const auto& [op, reset_after, direction, start] = net;
  const int64_t ways = direction == "bidirectional" ? 2 : 1, cells = 16, inputs = 10;
  const auto rows = (op == "GRU" ? 3 : 4) * cells;
  onnx::ModelBuilder b;
  b.input("x", {24, 1, inputs});
  const auto reals = [&](const char* name, const std::vector<int64_t>& shape, float size) {
    size_t count = 1;
    for (const int64_t extent : shape) count *= static_cast<size_t>(extent);
    b.reals(name, shape, random_floats(random, count, size));
  };
  reals("w", {ways, rows, inputs}, 0.4f);
  reals("r", {ways, rows, cells}, 0.3f);
  reals("b", {ways, 2 * rows}, 0.2f);
  reals("start", {ways, 1, cells}, start);
  std::vector<std::string> from{"x", "w", "r", "b", "", "start"};
  if (op == "LSTM") from.push_back("start");
  auto& layer = b.node(op, from, {"all", "last"});
  onnx::ModelBuilder::set(layer, "hidden_size", cells);
  if (op == "GRU") onnx::ModelBuilder::set(layer, "linear_before_reset", int64_t{reset_after});
  auto& attribute = *layer.add_attribute();
  attribute.set_name("direction");
  attribute.set_type(::onnx::AttributeProto::STRING);
  attribute.set_s(direction);
  b.node("Flatten", {"last"}, {"flat"});
  reals("g", {cells, 4}, 0.3f);
  b.node("Gemm", {"flat", "g"}, {"y"});
  b.output("y");
  return import_model(b.finish(), "recurrent.onnx");
}

TEST(PostTraining, MakesIntegersOfRecurrentLayers) {
  for (const RecurrentCase& net : {RecurrentCase{"GRU", false, "forward"},
                                   {"GRU", true, "forward"},
                                   {"GRU", true, "reverse"},
                                   {"GRU", true, "bidirectional"},
                                   {"LSTM", false, "forward"},
                                   {"LSTM", false, "bidirectional"}}) {
    SCOPED_TRACE(testing::Message() << net.op << net.reset_after << " " << net.direction);
    const bool lstm = net.op == "LSTM";
    const std::string own = lstm ? "lstm" : "gru";
    const ir::Graph graph = recurrent_net(7, net);
    const auto seen = random_samples(graph, 64, 1), unseen = random_samples(graph, 16, 2);
    const Prepared p = prepare(graph, seen, {});
    const Converted narrow = converted(p, Precision::int8);
    ir::verify(narrow.graph);
    int layers = 0;
    for (const ir::Node& node : narrow.graph.nodes) {
      if (node.op != own) continue;
      ++layers;
      EXPECT_EQ(narrow.graph.tensor(node.inputs[0]).dtype, ir::DType::i8);
      EXPECT_EQ(narrow.graph.tensor(node.inputs[2]).dtype, ir::DType::i8);
      EXPECT_EQ(narrow.graph.tensor(node.outputs[0]).dtype, ir::DType::i8);
      EXPECT_EQ(node.outputs.size(), 1u) << "its state is its own";
    }
    const auto flash_of = [](const ir::Graph& g) { return cost_of(g, host_target()).flash_bytes; };
    EXPECT_LT(flash_of(narrow.graph), flash_of(graph)) << "has operators that copy";
    EXPECT_EQ(layers, net.direction == "bidirectional" ? 2 : 1);
    EXPECT_GT(output_decibels(p.graph, narrow.graph, unseen), 25);
    // Where there is no kernel, the recurrent layer stays int8.
    for (const Precision other : {Precision::int16x8, Precision::int4}) {
      const Converted c = converted(p, other);
      for (size_t i = 0; i < p.graph.nodes.size(); ++i) {
        if (p.graph.nodes[i].op != own) continue;
        const bool wide = lstm && other == Precision::int16x8;
        EXPECT_EQ(c.precisions[i], wide ? Precision::int16x8 : Precision::int8);
      }
      if (other == Precision::int4) continue;
      EXPECT_GT(output_decibels(p.graph, c.graph, unseen), lstm ? 35 : 25);
    }
  }
}

// A layer that is given a state stays float, and a GRU's values may then be beyond 1: integers
// behind it have to hold them.
TEST(PostTraining, KeepsWhatAGivenStateMakesOfRecurrentLayers) {
  for (const char* op : {"GRU", "LSTM"}) {
    SCOPED_TRACE(op);
    const ir::Graph graph = recurrent_net(7, {op, true, "forward", 400});
    const auto seen = random_samples(graph, 64, 1), unseen = random_samples(graph, 16, 2);
    const Prepared p = prepare(graph, seen, {});
    const Converted narrow = converted(p, Precision::int8);
    for (size_t i = 0; i < p.graph.nodes.size(); ++i) {
      const std::string& name = p.graph.nodes[i].op;
      if (name == "gru" || name == "lstm") {
        EXPECT_EQ(narrow.precisions[i], Precision::float32);
      }
      if (name == "fully_connected") {
        EXPECT_EQ(narrow.precisions[i], Precision::int8);
      }
    }
    EXPECT_GT(output_decibels(p.graph, narrow.graph, unseen), 25);
  }
}

}  // namespace
}  // namespace mote::quantize

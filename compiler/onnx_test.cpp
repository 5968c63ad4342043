// Import of ONNX models that the test builds; onnx_models_test.cpp has those of the data mirror.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "compiler/compile.hpp"
#include "compiler/import/onnx.hpp"
#include "compiler/import/onnx_builder.hpp"
#include "compiler/import_model.hpp"
#include "compiler/interpret.hpp"

namespace mote {
namespace {

using onnx::ModelBuilder;
using testing::HasSubstr;

std::vector<float> run(const ir::Graph& graph, const std::vector<float>& x) {
  std::vector<uint8_t> bytes(x.size() * sizeof(float));
  std::memcpy(bytes.data(), x.data(), bytes.size());
  Interpreter interpreter(graph, host_target());
  const std::vector<std::vector<uint8_t>> inputs{bytes};
  interpreter.run(inputs);
  const auto result = interpreter.bytes(graph.outputs[0]);
  std::vector<float> y(result.size() / sizeof(float));
  std::memcpy(y.data(), result.data(), result.size());
  return y;
}

std::string refusal(const std::vector<uint8_t>& bytes) {
  try {
    import_model(bytes, "net.onnx");
  } catch (const ir::GraphError& error) {
    return error.what();
  }
  return "";
}

TEST(Onnx, ElementwiseModelComputes) {
  const ir::Graph graph = import_model(onnx::sample_elementwise(), "net.onnx");
  EXPECT_EQ(run(graph, {-2, 1, 9}), (std::vector<float>{0, 3, 6}));
}

// A convolution keeps ONNX's order [n, c, h, w] at the model's border.
TEST(Onnx, ConvolutionKeepsTheFilesLayout) {
  ModelBuilder b;
  b.input("x", {1, 2, 2, 2});
  b.reals("w", {1, 2, 2, 2}, {1, 10, 100, 1000, 0.5f, 0.25f, 2, 4});
  b.node("Conv", {"x", "w"}, {"y"});
  b.output("y");
  ir::Graph graph = import_model(b.finish(), "net.onnx");
  const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<float> expected{1 + 20 + 300 + 4000 + 2.5f + 1.5f + 14 + 32};
  EXPECT_EQ(run(graph, x), expected);
  run_passes(graph);
  EXPECT_EQ(run(graph, x), expected);
}

// The passes change the order of computation, not the result.
TEST(Onnx, PassesKeepWhatANetworkComputes) {
  const ir::Graph imported = import_model(onnx::sample_network(), "net.onnx");
  ir::Graph compiled = imported;
  run_passes(compiled);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> values(-1, 1);
  std::vector<float> x(32);
  for (float& value : x) value = values(random);
  const auto before = run(imported, x), after = run(compiled, x);
  ASSERT_EQ(before.size(), 2u);
  for (size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(before[i], after[i], 1e-6);
  EXPECT_GT(std::abs(before[0] - before[1]), 1e-4) << "a network that tells nothing";
}

// Whoever has the image's channels last needs no transpose at all.
TEST(Onnx, ImagesCanHaveTheirChannelsLast) {
  const ir::Graph imported = import_model(onnx::sample_network(), "net.onnx");
  ir::Graph last = imported;
  take_channels_last(last);
  run_passes(last);
  for (const ir::Node& node : last.nodes) EXPECT_NE(node.op, "transpose");
  EXPECT_EQ(last.tensor(last.inputs[0]).shape, (ir::Shape{1, 4, 4, 2}));
  std::vector<float> x(32), moved(32);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i * 5 % 13) - 6;
    moved[i % 16 * 2 + i / 16] = x[i];
  }
  const auto expected = run(imported, x), y = run(last, moved);
  ASSERT_EQ(y.size(), expected.size());
  for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-6);
}

TEST(Onnx, ShapesThatNodesComputeAreKnownAtImport) {
  ModelBuilder b;
  b.input("x", {2, 3, 4});
  b.node("Shape", {"x"}, {"shape"});
  b.integers("first", {0});
  b.node("Gather", {"shape", "first"}, {"rows"});
  b.integers("rest", {-1});
  ModelBuilder::set(b.node("Concat", {"rows", "rest"}, {"flat"}), "axis", int64_t{0});
  b.node("Reshape", {"x", "flat"}, {"y"});
  b.output("y");
  const ir::Graph graph = import_model(b.finish(), "net.onnx");
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (ir::Shape{2, 12}));
  EXPECT_EQ(graph.nodes.size(), 1u);
}

TEST(Onnx, EverythingUnsupportedIsReportedAtOnce) {
  ModelBuilder b;
  b.input("x", {1, 3});
  b.node("Einsum", {"x"}, {"a"});
  b.node("Relu", {"a"}, {"b"});
  b.node("STFT", {"b"}, {"y"});
  b.output("y");
  const std::string reason = refusal(b.finish());
  EXPECT_THAT(reason, HasSubstr("node 0 Einsum 'Einsum of a': not supported"));
  EXPECT_THAT(reason, HasSubstr("node 2 STFT 'STFT of y': not supported"));
  EXPECT_THAT(reason, HasSubstr("2 parts of the model"));
}

TEST(Onnx, DamagedFilesAreRefusedWithAReason) {
  const auto whole = onnx::sample_network();
  EXPECT_THAT(refusal({}), HasSubstr("it has no graph"));
  EXPECT_THAT(refusal({1, 2, 3}), HasSubstr("not an ONNX model"));
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_NE(refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "");
  }
}

TEST(Onnx, ConstantsThatDontFitTheirShapeAreRefused) {
  ModelBuilder b;
  b.input("x", {1, 3});
  b.reals("offset", {4}, {1, 2, 3});
  b.node("Add", {"x", "offset"}, {"y"});
  b.output("y");
  EXPECT_THAT(refusal(b.finish()), HasSubstr("has 12 bytes of values where its shape needs 16"));
}

TEST(Onnx, OpenExtentsOtherThanTheBatchAreRefused) {
  ModelBuilder b;
  b.input("x", {-1, 3, -1});
  b.node("Relu", {"x"}, {"y"});
  b.output("y");
  EXPECT_THAT(refusal(b.finish()), HasSubstr("has no fixed extent"));
}

}  // namespace
}  // namespace mote

#include "compiler/import/tflite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "compiler/compile.hpp"
#include "compiler/import/tflite_samples.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/text.hpp"

namespace mote::tflite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The reason for which `file` is refused; "" when it isn't.
std::string refusal(const std::vector<uint8_t>& file) {
  try {
    import_tflite(file, "m", evaluate_on_host);
  } catch (const ir::GraphError& error) {
    return error.what();
  }
  return "";
}

TEST(Tflite, ImportsADenseLayer) {
  const ir::Graph graph = import_tflite(sample_dense(), "dense.tflite");
  EXPECT_EQ(ir::print_text(graph), R"(graph "dense.tflite"
tensor %0 "x" i8 [1, 4] quant 0.5:-1
tensor %1 "w" i8 [3, 4] quant 0.25:0 = [-68, -34, 1, 52, -116, -34, 70, 14, -124, 35, -64, -20]
tensor %2 "b" i32 [3] quant 0.125:0 = [10, -20, 300]
tensor %3 "y" i8 [1, 3] quant 4.0:3
input %0
node %3 = fully_connected(%0, %1, %2) activation="relu" keep_dims=0 @0
output %3
)");
}

TEST(Tflite, ImportsEveryOperatorOfTheSamples) {
  std::vector<std::string> ops;
  for (const auto& [name, file] : all_samples()) {
    const ir::Graph graph = import_tflite(file, name, evaluate_on_host);
    for (const ir::Node& node : graph.nodes) ops.push_back(node.op);
    Interpreter interpreter(graph, host_target());
    std::vector<std::vector<uint8_t>> inputs;
    for (ir::TensorId id : graph.inputs) {
      inputs.emplace_back(static_cast<size_t>(graph.tensor(id).byte_size()), uint8_t{0});
    }
    interpreter.run(inputs);
  }
  EXPECT_THAT(
      ops, ElementsAre("fully_connected", "conv2d", "depthwise_conv2d", "max_pool", "add",
                       "average_pool", "reshape", "fully_connected", "softmax", "quantize", "pad",
                       "relu", "relu6", "quantize", "reshape", "reshape", "dequantize", "split",
                       "logistic", "strided_slice", "leaky_relu", "mul", "quantize", "concat",
                       "transpose", "mean", "sub", "svdf", "resize_bilinear", "prelu", "greater",
                       "select", "cumsum", "batch_matmul", "l2_normalize", "log_softmax", "gather",
                       "gather", "dynamic_update_slice", "broadcast_args", "detection_postprocess",
                       "add", "abs", "neg", "select", "add", "add", "add"));
}

// The fuzzer starts from the samples. MOTE_UPDATE_SNAPSHOTS=1 rewrites its files.
TEST(Tflite, FuzzerHasTheSamples) {
  for (const auto& [name, file] : all_samples()) {
    const std::string path = MOTE_SOURCE_DIR "/fuzz/corpus/tflite/" + name + ".tflite";
    if (std::getenv("MOTE_UPDATE_SNAPSHOTS") != nullptr) {
      std::ofstream(path, std::ios::binary)
          .write(reinterpret_cast<const char*>(file.data()),
                 static_cast<std::streamsize>(file.size()));
    }
    std::ifstream kept(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(kept), {}};
    EXPECT_TRUE(std::ranges::equal(bytes, file, {}, [](char c) { return static_cast<uint8_t>(c); }))
        << path;
  }
}

// What a variable holds at the end of one inference is what the next one starts from.
TEST(Tflite, StateIsKeptUntilReset) {
  const ir::Graph graph = import_tflite(sample_state(), "state");
  Interpreter interpreter(graph, host_target());
  const std::vector<std::vector<uint8_t>> x{{90, 60, 30}};
  const auto y = [&] {
    interpreter.run(x);
    const auto bytes = interpreter.bytes(graph.outputs[0]);
    return std::vector<uint8_t>(bytes.begin(), bytes.end());
  };
  const auto first = y();
  EXPECT_NE(y(), first);
  interpreter.reset();
  EXPECT_EQ(y(), first);
}

TEST(Tflite, DenseLayerComputesItsDefinition) {
  const ir::Graph graph = import_tflite(sample_dense(), "dense");
  Interpreter interpreter(graph, host_target());
  const auto w = sample_weights(12);
  const int32_t bias[] = {10, -20, 300};
  constexpr uint32_t seed = 7;
  std::mt19937 random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<std::vector<uint8_t>> x(1, std::vector<uint8_t>(4));
    for (uint8_t& value : x[0]) value = static_cast<uint8_t>(random());
    interpreter.run(x);
    for (size_t o = 0; o < 3; ++o) {
      int32_t sum = bias[o];
      for (size_t i = 0; i < 4; ++i) sum += w[4 * o + i] * (static_cast<int8_t>(x[0][i]) + 1);
      // The scale 0.5 * 0.25 / 4 is 2^-5, applied in two roundings: to 1/2, halves up, then to
      // 1/16, halves away from zero.
      const double exact = std::round(std::floor(sum / 2.0 + 0.5) / 16.0) + 3;
      const double expected = std::min(std::max(exact, 3.0), 127.0);
      EXPECT_EQ(static_cast<int8_t>(interpreter.bytes(graph.outputs[0])[o]), expected);
    }
  }
}

std::vector<float> run_branches(const ir::Graph& graph, std::vector<std::vector<uint8_t>> inputs) {
  Interpreter interpreter(graph, host_target());
  interpreter.run(inputs);
  const auto bytes = interpreter.bytes(graph.outputs[0]);
  std::vector<float> y(bytes.size() / 4);
  std::memcpy(y.data(), bytes.data(), bytes.size());
  return y;
}

TEST(Tflite, BranchesAreSelected) {
  const std::vector<float> x{1, -2, 3, -4, 5, -6}, doubled{2, -4, 6, -8, 10, -12},
      minus{-1, -2, -3, -4, -5, -6};
  std::vector<uint8_t> bytes(24);
  std::memcpy(bytes.data(), x.data(), bytes.size());
  const ir::Graph both = import_tflite(sample_branches(), "both");
  EXPECT_EQ(run_branches(both, {bytes, {1}}), doubled);
  EXPECT_EQ(run_branches(both, {bytes, {0}}), minus);
  const ir::Graph then = import_tflite(sample_branches({1}), "then");
  const ir::Graph otherwise = import_tflite(sample_branches({0}), "else");
  EXPECT_EQ(then.nodes.size(), 1u) << "only what a known condition takes";
  EXPECT_EQ(run_branches(then, {bytes}), doubled);
  EXPECT_EQ(otherwise.nodes.size(), 2u);
  EXPECT_EQ(run_branches(otherwise, {bytes}), minus);
}

TEST(Tflite, RoundsOfALoopFollowEachOther) {
  const std::vector<float> x{1, -2, 3, -4, 5, -6}, eightfold{8, -16, 24, -32, 40, -48};
  std::vector<uint8_t> bytes(24);
  std::memcpy(bytes.data(), x.data(), bytes.size());
  const ir::Graph thrice = import_tflite(sample_loop(), "thrice", evaluate_on_host);
  EXPECT_EQ(thrice.nodes.size(), 3u) << "what counts the rounds is computed when importing";
  EXPECT_EQ(std::ranges::count(thrice.tensors, "body/step", &ir::Tensor::name), 1);
  EXPECT_EQ(run_branches(thrice, {bytes}), eightfold);
  const ir::Graph never = import_tflite(sample_loop({0, 0, 0, 0}), "never", evaluate_on_host);
  EXPECT_EQ(run_branches(never, {bytes}), x);
  compile(never, {});
}

TEST(Tflite, RefusesLoopsWithoutAFixedCount) {
  EXPECT_THAT(refusal(sample_loop({})), HasSubstr("depends on the model's inputs"));
  EXPECT_THAT(refusal(sample_loop({1, 0, 0, 0}, 0)), HasSubstr("over 16384 operators"));
}

TEST(Tflite, RefusesBranchesThatItCannotSelect) {
  EXPECT_THAT(refusal(sample_branches({}, 0)), HasSubstr("other inputs")) << "it has itself";
  EXPECT_THAT(refusal(sample_branches({}, 7)), HasSubstr("graph index 7 of 3"));
  ModelBuilder b;  // a branch that has itself
  const auto real = schema::TensorType_FLOAT32;
  using F = ModelBuilder::Field;
  const auto recursion = [&] {
    const int32_t holds = b.tensor({"holds", schema::TensorType_BOOL, {1}});
    const int32_t x = b.tensor({"x", real, {2}}), y = b.tensor({"y", real, {2}});
    b.op(118, {holds, holds, x}, {y}, 92, {{0, F::integer, 1}, {1, F::integer, 1}});
  };
  recursion();
  b.end_graph({0, 1}, {2});
  recursion();
  EXPECT_THAT(refusal(b.finish({0, 1}, {2})), HasSubstr("nested too deeply"));
}

TEST(Tflite, ReportsAllUnsupportedOperatorsAtOnce) {
  ModelBuilder b;
  const int32_t x = b.activation("x", {1, 4}, 1, 0);
  const int32_t a = b.activation("a", {1, 4}, 1, 0);
  const int32_t c = b.tensor({"c", schema::TensorType_STRING, {1, 4}, {1.0f}, {0}});
  const int32_t y = b.activation("y", {1, 4}, 1.0f / 256, -128);
  b.op(48, {x}, {a});
  b.op(25, {a}, {c}, 9, {{0, ModelBuilder::Field::real, 0, 1.0f}});
  b.op(103, {c}, {y});
  const auto file = b.finish({x}, {y});
  try {
    import_tflite(file, "net.tflite");
    FAIL() << "imported";
  } catch (const UnsupportedError& error) {
    ASSERT_EQ(error.problems.size(), 3u);
    EXPECT_EQ(error.problems[0].operator_name, "TOPK_V2");
    EXPECT_EQ(error.problems[1].operator_index, 1);
    EXPECT_EQ(error.problems[2].tensor, "y");
    EXPECT_THAT(error.what(), HasSubstr("net.tflite: 3 of 3 operators"));
    EXPECT_THAT(error.what(), HasSubstr("operator 0 TOPK_V2 (output 'a'): not supported"));
    EXPECT_THAT(error.what(), HasSubstr("tensor 'c': type STRING is not supported"));
    EXPECT_THAT(error.what(), HasSubstr("UNIQUE"));
    EXPECT_THAT(error.what(), HasSubstr("SOFTMAX"));
  }
  const auto listed = list_operators(file, "net.tflite");
  ASSERT_EQ(listed.size(), 3u);
  EXPECT_EQ(listed[2].name, "UNIQUE");
  EXPECT_THAT(listed[2].outputs, ElementsAre("y"));
}

TEST(Tflite, RefusesWhatIsNotAModel) {
  EXPECT_THAT(refusal({}), HasSubstr("too short"));
  EXPECT_THAT(refusal(std::vector<uint8_t>(1000, 0)), HasSubstr("not a .tflite model"));
  ModelBuilder old;
  old.version = 2;
  const int32_t x = old.activation("x", {1}, 1, 0), y = old.activation("y", {1}, 1, 0);
  old.op(19, {x}, {y});
  EXPECT_THAT(refusal(old.finish({x}, {y})), HasSubstr("schema version 2"));
  ModelBuilder two;
  two.graphs = 2;
  two.activation("x", {1}, 1, 0);
  two.activation("y", {1}, 1, 0);
  two.op(19, {0}, {1});
  EXPECT_EQ(refusal(two.finish({0}, {1})), "") << "a graph that nobody calls doesn't count";
}

// A relu from x to y, with one thing wrong.
struct Wrong {
  const char* reason;
  ModelBuilder::TensorSpec x{"x", schema::TensorType_INT8, {1, 4}, {1.0f}, {0}};
  ModelBuilder::TensorSpec y{"y", schema::TensorType_INT8, {1, 4}, {1.0f}, {0}};
  std::vector<int32_t> inputs{0}, outputs{1};  // of the operator
  std::vector<int32_t> graph_inputs{0}, graph_outputs{1};

  explicit Wrong(const char* why) : reason(why) {}
  std::vector<uint8_t> file() const {
    ModelBuilder b;
    b.tensor(x);
    b.tensor(y);
    b.op(19, inputs, outputs);
    return b.finish(graph_inputs, graph_outputs);
  }
};

std::vector<Wrong> wrong_models() {
  std::vector<Wrong> all;
  const auto add = [&](const char* reason) -> Wrong& { return all.emplace_back(reason); };
  add("extent 0").x.shape = {1, 0};
  add("extent -4").x.shape = {1, -4};
  add("rank 9").x.shape = std::vector<int32_t>(9, 1);
  add("more than").x.shape = {1 << 20, 1 << 20};
  add("more than").y.shape = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
  add("declared [1,3]").y.shape = {1, 3};
  add("is f32 where the op gives i8").y.type = schema::TensorType_FLOAT32;
  add("is a variable").x.variable = true;
  add("buffer index 77 of 1").x.buffer = 77;
  add("3 bytes where its shape needs 4").x.data = {1, 2, 3};
  add("is a constant").x.data = {1, 2, 3, 4};
  add("scale").x.scale = {0.0f};
  add("scale").x.scale = {NAN};
  add("scale").x.scale = {-1.0f};
  add("zero point 128").x.zero_point = {128};
  add("zero point 4294967296").x.zero_point = {int64_t{1} << 32};
  add("2 zero points for 1 scales").x.zero_point = {0, 0};
  Wrong& axis = add("2 scales don't match axis 1");
  axis.x.scale = {1.0f, 2.0f};
  axis.x.zero_point = {0, 0};
  axis.x.axis = 1;
  add("tensor index 2 of 2").inputs = {2};
  add("tensor index -2 of 2").inputs = {-2};
  add("needs an input").inputs = {-1};
  add("needs an input").inputs = {};
  add("no output").outputs = {};
  add("read before anything writes it").inputs = {1};
  add("written twice").outputs = {0};
  add("tensor index 9 of 2").graph_outputs = {9};
  add("tensor index -1 of 2").graph_inputs = {-1};
  add("written twice").graph_inputs = {0, 0};
  add("has no inputs").graph_inputs = {};
  add("has no outputs").graph_outputs = {};
  return all;
}

TEST(Tflite, RefusesMalformedModelsWithTheReason) {
  for (const Wrong& wrong : wrong_models()) {
    const std::string reason = refusal(wrong.file());
    EXPECT_THAT(reason, HasSubstr(wrong.reason));
  }
}

TEST(Tflite, RefusesHostileGeometry) {
  using F = ModelBuilder::Field;
  const int32_t values[] = {0, -1, INT32_MIN, INT32_MAX, 1 << 20};
  for (int32_t value : values) {
    for (int field : {1, 2, 3, 4}) {
      ModelBuilder b;
      const int32_t x = b.activation("x", {1, 4, 4, 1}, 1, 0);
      const int32_t y = b.activation("y", {1, 2, 2, 1}, 1, 0);
      std::vector<F> fields{{0, F::byte, 1},    {1, F::integer, 2}, {2, F::integer, 2},
                            {3, F::integer, 2}, {4, F::integer, 2}, {5, F::byte, 0}};
      fields[static_cast<size_t>(field)].whole = value;
      b.op(17, {x}, {y}, 5, fields);
      EXPECT_NE(refusal(b.finish({x}, {y})), "") << "field " << field << " = " << value;
    }
  }
}

TEST(Tflite, RefusesOperatorsWithoutTheirInputs) {
  for (int32_t code : {0, 1, 3, 4, 6, 9, 17, 19, 21, 22, 25, 34, 43, 70, 114}) {
    for (const std::vector<int32_t>& inputs :
         {std::vector<int32_t>{}, {-1}, {-1, -1, -1}, {0, -1}, {-1, 0}}) {
      ModelBuilder b;
      b.activation("x", {1, 4, 4, 1}, 1, 0);
      b.activation("y", {1, 4, 4, 2}, 1, 0);
      b.op(code, inputs, {1});
      EXPECT_NE(refusal(b.finish({0}, {1})), "") << "operator " << code;
    }
  }
}

TEST(Tflite, RefusesAFileThatStandsForAHugeOne) {
  ModelBuilder b;
  const int32_t x = b.activation("x", {1, 20000}, 1, 0);
  int32_t last = x;
  const int32_t first =
      b.constant("k", schema::TensorType_INT8, {1, 20000}, std::vector<int8_t>(20000), {1.0f});
  for (int i = 0; i < 200; ++i) {
    // Every addition has a constant of its own, all of them in the same buffer.
    const int32_t k =
        i == 0 ? first
               : b.tensor(
                     {"k", schema::TensorType_INT8, {1, 20000}, {1.0f}, {0}, 0, {}, /*buffer=*/1});
    const int32_t y = b.activation("s", {1, 20000}, 1, 0);
    b.op(0, {last, k}, {y}, 11);
    last = y;
  }
  EXPECT_THAT(refusal(b.finish({x}, {last})), HasSubstr("share buffers"));
}

TEST(Tflite, TruncatedFilesAreRefused) {
  for (const auto& [name, file] : all_samples()) {
    for (size_t size = 0; size < file.size(); ++size) {
      const std::vector<uint8_t> part(file.begin(),
                                      file.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_NE(refusal(part), "") << name << " cut to " << size << " bytes";
    }
  }
}

// Any single flipped bit gives a refusal or a graph that runs.
TEST(Tflite, FlippedBitsNeverEscape) {
  for (const auto& [name, file] : all_samples()) {
    for (size_t bit = 0; bit < file.size() * 8; bit += 7) {
      std::vector<uint8_t> flipped = file;
      flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ (1 << bit % 8));
      try {
        const ir::Graph graph = import_tflite(flipped, name);
        int64_t bytes = 0;
        for (const ir::Tensor& tensor : graph.tensors) bytes += tensor.byte_size();
        if (bytes > 1 << 20) continue;
        Interpreter interpreter(graph, host_target());
        std::vector<std::vector<uint8_t>> inputs;
        for (ir::TensorId id : graph.inputs) {
          inputs.emplace_back(static_cast<size_t>(graph.tensor(id).byte_size()), uint8_t{1});
        }
        interpreter.run(inputs);
      } catch (const ir::GraphError&) {
      }
    }
  }
}

TEST(Tflite, UnalignedBytesAreReadToo) {
  const auto file = sample_network();
  std::vector<uint8_t> shifted(file.size() + 1);
  std::copy(file.begin(), file.end(), shifted.begin() + 1);
  const ir::Graph graph = import_tflite(std::span(shifted).subspan(1), "m");
  EXPECT_EQ(ir::print_text(graph, ir::full_text),
            ir::print_text(import_tflite(file, "m"), ir::full_text));
}

}  // namespace
}  // namespace mote::tflite

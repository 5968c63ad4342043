// Quantised ONNX models compute on stored values, within one step of what they simulate.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "compiler/compile.hpp"
#include "compiler/import/onnx_builder.hpp"
#include "compiler/import_model.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/text.hpp"

namespace mote {
namespace {

using onnx::ModelBuilder;
using ::onnx::TensorProto;

constexpr uint32_t seed = 5;

// Builds models in which every tensor is stored, in uint8 or int8.
class StoredModel {
 public:
  explicit StoredModel(TensorProto::DataType type) : type_(type) {}
  ModelBuilder b{21};

  // `name`, real, stored and read back; the name of what is read.
  std::string through(const std::string& name, float scale, int32_t zero) {
    b.reals(name + "/scale", {}, {scale});
    b.stored(name + "/zero", type_, {}, {type_ == TensorProto::UINT8 ? zero + 128 : zero});
    b.node("QuantizeLinear", {name, name + "/scale", name + "/zero"}, {name + "/stored"});
    b.node("DequantizeLinear", {name + "/stored", name + "/scale", name + "/zero"},
           {name + "/read"});
    return name + "/read";
  }
  // Weights with a scale per output channel, axis 0; the name of what is read.
  std::string weights(const std::string& name, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (const int64_t extent : shape) count *= extent;
    std::vector<int32_t> values;
    for (int64_t i = 0; i < count; ++i) {
      values.push_back(static_cast<int32_t>(random_() % 255) - 127);
    }
    std::vector<float> scales;
    for (int64_t i = 0; i < shape[0]; ++i) scales.push_back(0.01f + 0.001f * static_cast<float>(i));
    b.stored(name, TensorProto::INT8, shape, values);
    b.reals(name + "/scale", {shape[0]}, scales);
    b.stored(name + "/zero", TensorProto::INT8, {shape[0]}, std::vector<int32_t>(scales.size(), 0));
    auto& node =
        b.node("DequantizeLinear", {name, name + "/scale", name + "/zero"}, {name + "/read"});
    ModelBuilder::set(node, "axis", int64_t{0});
    return name + "/read";
  }
  ir::Graph graph() const { return import_model(b.finish(), "net.onnx"); }

 private:
  TensorProto::DataType type_;
  std::mt19937 random_{seed};
};

std::vector<float> run(const ir::Graph& graph, const std::vector<std::vector<float>>& inputs) {
  std::vector<std::vector<uint8_t>> all;
  for (const auto& values : inputs) {
    all.emplace_back(values.size() * sizeof(float));
    std::memcpy(all.back().data(), values.data(), all.back().size());
  }
  Interpreter interpreter(graph, host_target());
  interpreter.run(all);
  const auto result = interpreter.bytes(graph.outputs[0]);
  std::vector<float> y(result.size() / sizeof(float));
  std::memcpy(y.data(), result.data(), result.size());
  return y;
}

std::vector<std::vector<float>> random_inputs(const ir::Graph& graph) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(-3, 3);
  std::vector<std::vector<float>> inputs;
  for (const ir::TensorId id : graph.inputs) {
    inputs.emplace_back(static_cast<size_t>(graph.tensor(id).elements()));
    for (float& value : inputs.back()) value = values(random);
  }
  return inputs;
}

// Nodes that compute on reals, but for those at the model's ends.
int real_nodes(const ir::Graph& graph) {
  int count = 0;
  for (const ir::Node& node : graph.nodes) {
    if (node.op == "quantize" || node.op == "dequantize") continue;
    count += graph.tensor(node.outputs[0]).dtype == ir::DType::f32 ? 1 : 0;
  }
  return count;
}

// One operator on stored values. `emit` adds its node, which reads `x` (and `z`) and makes "y".
struct Case {
  const char* name;
  std::vector<int64_t> shape;
  int inputs;
  void (*emit)(StoredModel& m, const std::string& x, const std::string& z);
  float scale = 0.05f;
  int32_t zero = 3;
};

const Case cases[] = {
    {"conv",
     {1, 3, 6, 5},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       ModelBuilder::set(m.b.node("Conv", {x, m.weights("w", {4, 3, 3, 3})}, {"c"}), "pads",
                         {1, 1, 1, 1});
       m.b.node("Relu", {"c"}, {"y"});
     },
     0.2f,
     -128},
    {"depthwise",
     {1, 4, 6, 5},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       auto& node = m.b.node("Conv", {x, m.weights("w", {4, 1, 3, 3})}, {"y"});
       ModelBuilder::set(node, "group", int64_t{4});
     },
     0.1f},
    {"grouped",
     {1, 4, 4, 4},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       auto& node = m.b.node("Conv", {x, m.weights("w", {6, 2, 3, 3})}, {"y"});
       ModelBuilder::set(node, "group", int64_t{2});
     },
     0.1f},
    {"series",
     {1, 3, 9},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       m.b.node("Conv", {x, m.weights("w", {4, 3, 3})}, {"y"});
     },
     0.1f},
    {"gemm",
     {1, 12},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       m.b.reals("bias", {5}, {0.5f, -1, 2, 0.25f, 0});
       auto& node = m.b.node("Gemm", {x, m.weights("w", {5, 12}), "bias"}, {"y"});
       ModelBuilder::set(node, "transB", int64_t{1});
     },
     0.1f},
    {"add",
     {1, 3, 4, 4},
     2,
     [](StoredModel& m, const std::string& x, const std::string& z) {
       m.b.node("Add", {x, z}, {"y"});
     }},
    {"mul",
     {1, 3, 4, 4},
     2,
     [](StoredModel& m, const std::string& x, const std::string& z) {
       m.b.node("Mul", {x, z}, {"y"});
     },
     0.08f},
    {"half",
     {1, 3, 4, 4},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       m.b.reals("half", {}, {0.5f});
       m.b.node("Mul", {x, "half"}, {"y"});
     }},
    {"max_pool",
     {1, 3, 4, 4},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       ModelBuilder::set(m.b.node("MaxPool", {x}, {"y"}), "kernel_shape", {2, 2});
     }},
    {"average_pool",
     {1, 3, 4, 4},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       ModelBuilder::set(m.b.node("AveragePool", {x}, {"y"}), "kernel_shape", {2, 2});
     }},
    {"global",
     {1, 3, 4, 4},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       m.b.node("GlobalAveragePool", {x}, {"y"});
     }},
    {"concat",
     {1, 3, 4, 4},
     2,
     [](StoredModel& m, const std::string& x, const std::string& z) {
       ModelBuilder::set(m.b.node("Concat", {x, z}, {"y"}), "axis", int64_t{1});
     }},
    {"sigmoid",
     {1, 3, 4, 4},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       m.b.node("Sigmoid", {x}, {"y"});
     },
     1.0f / 200,
     -100},
    {"softmax",
     {1, 10},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       m.b.node("Softmax", {x}, {"y"});
     },
     1.0f / 255,
     -128},
    {"clip",
     {1, 3, 4, 4},
     1,
     [](StoredModel& m, const std::string& x, const std::string&) {
       m.b.reals("low", {}, {-0.5f});
       m.b.reals("high", {}, {1.75f});
       m.b.node("Clip", {x, "low", "high"}, {"y"});
     }},
};

class StoredOperators : public testing::TestWithParam<std::tuple<Case, TensorProto::DataType>> {};

TEST_P(StoredOperators, AreWithinOneStepOfWhatTheySimulate) {
  const auto& [of, type] = GetParam();
  StoredModel m(type);
  std::vector<std::string> read;
  for (int i = 0; i < of.inputs; ++i) {
    const std::string name = i == 0 ? "x" : "z";
    m.b.input(name, of.shape);
    read.push_back(m.through(name, i == 0 ? 0.025f : 0.02f, i == 0 ? -7 : 4));
  }
  of.emit(m, read[0], read.back());
  m.b.output(m.through("y", of.scale, of.zero));
  const ir::Graph simulated = m.graph();
  ir::Graph stored = simulated;
  run_passes(stored);
  EXPECT_EQ(real_nodes(stored), 0) << ir::print_text(stored);
  const auto inputs = random_inputs(simulated);
  const auto expected = run(simulated, inputs), y = run(stored, inputs);
  ASSERT_EQ(y.size(), expected.size());
  SCOPED_TRACE(ir::print_text(stored));
  for (size_t i = 0; i < y.size(); ++i) {
    EXPECT_NEAR(y[i], expected[i], of.scale * 1.01f) << "element " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, StoredOperators,
                         testing::Combine(testing::ValuesIn(cases),
                                          testing::Values(TensorProto::INT8, TensorProto::UINT8)),
                         [](const auto& of) {
                           return std::string(std::get<0>(of.param).name) +
                                  (std::get<1>(of.param) == TensorProto::INT8 ? "_i8" : "_u8");
                         });

// Between the model's ends nothing is real, and nothing is transposed but its image.
TEST(StoredModels, AWholeNetworkIsInt8) {
  StoredModel m(TensorProto::UINT8);
  m.b.input("x", {1, 3, 8, 8});
  const std::string x = m.through("x", 0.025f, 0);
  ModelBuilder::set(m.b.node("Conv", {x, m.weights("w", {8, 3, 3, 3})}, {"c"}), "pads",
                    {1, 1, 1, 1});
  m.b.node("Relu", {"c"}, {"r"});
  const std::string r = m.through("r", 0.1f, -128);
  auto& depthwise = m.b.node("Conv", {r, m.weights("v", {8, 1, 3, 3})}, {"d"});
  ModelBuilder::set(depthwise, "group", int64_t{8});
  ModelBuilder::set(depthwise, "pads", {1, 1, 1, 1});
  const std::string d = m.through("d", 0.2f, 0);
  m.b.node("Add", {r, d}, {"s"});
  const std::string s = m.through("s", 0.25f, 0);
  auto& pool = m.b.node("MaxPool", {s}, {"p"});
  ModelBuilder::set(pool, "kernel_shape", {2, 2});
  ModelBuilder::set(pool, "strides", {2, 2});
  m.b.node("Flatten", {m.through("p", 0.25f, 0)}, {"f"});
  auto& gemm = m.b.node("Gemm", {"f", m.weights("u", {4, 128})}, {"y"});
  ModelBuilder::set(gemm, "transB", int64_t{1});
  m.b.output(m.through("y", 1, 0));
  const ir::Graph simulated = m.graph();
  ir::Graph stored = simulated;
  run_passes(stored);
  EXPECT_EQ(real_nodes(stored), 0) << ir::print_text(stored);
  int transposes = 0;
  for (const ir::Node& node : stored.nodes) transposes += node.op == "transpose" ? 1 : 0;
  EXPECT_EQ(transposes, 1);
  EXPECT_LE(stored.nodes.size(), 9u);  // two of them the ends, one the transpose, one a reshape
  const auto inputs = random_inputs(simulated);
  const auto expected = run(simulated, inputs), y = run(stored, inputs);
  for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 3);
}

}  // namespace
}  // namespace mote

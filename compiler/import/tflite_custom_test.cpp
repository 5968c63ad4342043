// Custom operators of tflite-micro that keep state: what their options become, and that the models
// compile and run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "compiler/compile.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_builder.hpp"
#include "compiler/interpret.hpp"

namespace mote::tflite {
namespace {

using testing::HasSubstr;

struct CustomModel {
  ModelBuilder b;
  int32_t x;
  std::vector<int32_t> outputs;

  CustomModel(schema::TensorType type, const std::vector<int32_t>& shape)
      : x(b.tensor({"x", type, shape})) {}

  CustomModel& output(schema::TensorType type, const std::vector<int32_t>& shape) {
    outputs.push_back(b.tensor({"y" + std::to_string(outputs.size()), type, shape}));
    return *this;
  }

  ir::Graph import(const std::string& name,
                   const std::vector<std::pair<std::string, int32_t>>& settings) {
    b.custom(name, settings, {x}, outputs);
    return import_tflite(b.finish({x}, outputs), name);
  }
};

// Compiles the graph, runs it on 1, 2, 3, ... twice and gives the bytes of its first output.
std::vector<int16_t> second_run(const ir::Graph& graph) {
  CompileOptions options;
  options.target = host_target();
  compile(graph, options);
  Interpreter interpreter(graph, host_target());
  std::vector<int16_t> x(static_cast<size_t>(graph.tensor(graph.inputs[0]).elements()));
  for (int call = 0; call < 2; ++call) {
    for (size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<int16_t>(static_cast<size_t>(call) * x.size() + i + 1);
    }
    std::vector<std::vector<uint8_t>> bytes(1, std::vector<uint8_t>(x.size() * 2));
    std::memcpy(bytes[0].data(), x.data(), bytes[0].size());
    interpreter.run(bytes);
  }
  const auto y = interpreter.bytes(graph.outputs[0]);
  std::vector<int16_t> values(y.size() / 2);
  std::memcpy(values.data(), y.data(), y.size());
  return values;
}

constexpr auto int16 = schema::TensorType_INT16;

TEST(TfliteCustom, Delay) {
  CustomModel m(int16, {1, 3});
  const ir::Graph graph = m.output(int16, {1, 3}).import("SignalDelay", {{"delay_length", 2}});
  EXPECT_EQ(second_run(graph), (std::vector<int16_t>{2, 3, 4}));
}

TEST(TfliteCustom, Framer) {
  CustomModel m(int16, {1, 4});
  const ir::Graph graph =
      m.output(int16, {1, 2, 3})
          .output(schema::TensorType_BOOL, {})
          .import("SignalFramer", {{"frame_size", 3}, {"frame_step", 2}, {"prefill", 1}});
  EXPECT_EQ(graph.tensor(graph.outputs[1]).shape, ir::Shape{1});
  EXPECT_EQ(second_run(graph), (std::vector<int16_t>{4, 5, 6, 6, 7, 8}));
}

TEST(TfliteCustom, Stacker) {
  CustomModel m(int16, {2});
  const ir::Graph graph = m.output(int16, {4})
                              .output(schema::TensorType_BOOL, {})
                              .import("SignalStacker", {{"num_channels", 2},
                                                        {"stacker_left_context", 1},
                                                        {"stacker_right_context", 0},
                                                        {"stacker_step", 1}});
  EXPECT_EQ(second_run(graph), (std::vector<int16_t>{1, 2, 3, 4}));
}

TEST(TfliteCustom, OverlapAdd) {
  CustomModel m(int16, {1, 3});
  const ir::Graph graph =
      m.output(int16, {2}).import("SignalOverlapAdd", {{"T", 7}, {"frame_step", 2}});
  EXPECT_EQ(second_run(graph), (std::vector<int16_t>{4 + 3, 5}));
}

TEST(TfliteCustom, InverseTransform) {
  CustomModel m(int16, {1, 10});
  const ir::Graph graph =
      m.output(int16, {1, 8}).import("SignalIrfft", {{"T", 7}, {"fft_length", 8}});
  EXPECT_EQ(second_run(graph).size(), 8u);
}

std::string circular_refusal(int32_t slots, int32_t cycles) {
  CustomModel m(schema::TensorType_INT8, {1, 1, 1, 2});
  try {
    m.output(schema::TensorType_INT8, {1, slots, 1, 2})
        .import("CIRCULAR_BUFFER", {{"cycles_max", cycles}});
  } catch (const ir::GraphError& error) {
    return error.what();
  }
  return "";
}

TEST(TfliteCustom, CircularBufferRunsAtEveryCallOrIsRefused) {
  EXPECT_EQ(circular_refusal(3, 1), "");
  EXPECT_EQ(circular_refusal(5, 0), "");
  EXPECT_THAT(circular_refusal(3, 2), HasSubstr("ends early"));
  EXPECT_THAT(circular_refusal(3, 0), HasSubstr("ends early"));
}

}  // namespace
}  // namespace mote::tflite

// Models in uint8 and with 4-bit weights, against the arithmetic of their own types.
#include "compiler/import/tflite_types.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "compiler/compile.hpp"
#include "compiler/export_model.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_builder.hpp"
#include "compiler/import/tflite_file.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/same.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote::tflite {
namespace {

using F = ModelBuilder::Field;

int32_t uint8_tensor(ModelBuilder& b, const std::string& name, const std::vector<int32_t>& shape,
                     float scale, int64_t zero, const std::vector<uint8_t>& data = {}) {
  return b.tensor({name, schema::TensorType_UINT8, shape, {scale}, {zero}, 0, data});
}

struct Uint8Network {
  std::vector<uint8_t> conv_weights, dense_weights;
  std::vector<int32_t> bias{100, -200, 300};

  // x [1, 4, 4, 2] -> convolution 2x2 to 3 channels -> average pool 2x2 -> dense -> y [1, 2].
  std::vector<uint8_t> file(std::mt19937& random) {
    for (int i = 0; i < 24; ++i) conv_weights.push_back(static_cast<uint8_t>(random()));
    for (int i = 0; i < 24; ++i) dense_weights.push_back(static_cast<uint8_t>(random()));
    ModelBuilder b;
    const int32_t x = uint8_tensor(b, "x", {1, 4, 4, 2}, 0.013f, 120);
    const int32_t w = uint8_tensor(b, "w", {3, 2, 2, 2}, 0.017f, 131, conv_weights);
    const int32_t bias_id = b.constant<int32_t>("b", schema::TensorType_INT32, {3}, bias);
    const int32_t conv = uint8_tensor(b, "conv", {1, 4, 4, 3}, 0.05f, 90);
    b.op(3, {x, w, bias_id}, {conv}, 1,
         {{0, F::byte, 0}, {1, F::integer, 1}, {2, F::integer, 1}, {3, F::byte, 1}});
    const int32_t mean = uint8_tensor(b, "mean", {1, 2, 4, 3}, 0.05f, 90);
    b.op(1, {conv}, {mean}, 5,
         {{0, F::byte, 1},
          {1, F::integer, 1},
          {2, F::integer, 2},
          {3, F::integer, 1},
          {4, F::integer, 2}});
    const int32_t dense = uint8_tensor(b, "dense", {1, 24}, 0.02f, 128, dense_weights);
    const int32_t y = uint8_tensor(b, "y", {1, 1}, 0.3f, 100);
    b.op(9, {mean, dense, -1}, {y}, 8, {{0, F::byte, 0}});
    return b.finish({x}, {y});
  }

  // TensorFlow Lite's uint8 reference kernels, from their definitions.
  std::vector<uint8_t> expected(const std::vector<uint8_t>& x) const {
    const auto cut = [](int64_t value, int64_t low) {
      return static_cast<uint8_t>(std::clamp<int64_t>(value, low, 255));
    };
    const double to_conv = static_cast<double>(0.013f * 0.017f) / static_cast<double>(0.05f);
    std::vector<uint8_t> conv;
    for_each_index({4, 4, 3}, [&](const Index& at) {
      int64_t sum = bias[static_cast<size_t>(at[2])];
      for_each_index({2, 2, 2}, [&](const Index& tap) {
        const int32_t r = at[0] + tap[0], c = at[1] + tap[1];
        if (r > 3 || c > 3) return;  // "same" padding of an even kernel lies behind
        sum += (int64_t{x[offset_of({4, 4, 2}, {r, c, tap[2]})]} - 120) *
               (conv_weights[offset_of({3, 2, 2, 2}, {at[2], tap[0], tap[1], tap[2]})] - 131);
      });
      conv.push_back(cut(requantised(sum, to_conv) + 90, 90));  // relu
    });
    const double to_y = static_cast<double>(0.05f * 0.02f) / static_cast<double>(0.3f);
    int64_t sum = 0;
    for (size_t i = 0; i < 24; ++i) {
      const size_t row = i / 12, rest = i % 12;
      const int32_t mean = (conv[row * 24 + rest] + conv[row * 24 + 12 + rest] + 1) / 2;
      sum += int64_t{mean - 90} * (dense_weights[i] - 128);
    }
    return {cut(requantised(sum, to_y) + 100, 0)};
  }
};

TEST(TfliteTypes, Uint8ModelsGiveTheirOwnBits) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    Uint8Network network;
    const ir::Graph graph = import_tflite(network.file(random), "legacy");
    ASSERT_EQ(graph.tensor(graph.inputs[0]).dtype, ir::DType::u8);
    ASSERT_EQ(graph.tensor(graph.inputs[0]).zero_point(), 120);
    ASSERT_EQ(graph.tensor(graph.outputs[0]).dtype, ir::DType::u8);
    CompileOptions options;
    options.target = host_target();
    const Compiled compiled = compile(graph, options);
    ASSERT_EQ(compiled.plan.inputs[0].name, "x");
    Interpreter interpreter(graph, host_target());
    for (int trial = 0; trial < 20; ++trial) {
      std::vector<std::vector<uint8_t>> x(1, std::vector<uint8_t>(32));
      for (uint8_t& value : x[0]) value = static_cast<uint8_t>(random());
      interpreter.run(x);
      const auto y = interpreter.bytes(graph.outputs[0]);
      ASSERT_EQ(std::vector<uint8_t>(y.begin(), y.end()), network.expected(x[0]));
    }
  }
}

TEST(TfliteTypes, Uint8ModelsAreWrittenInUint8) {
  std::mt19937 random(1);
  Uint8Network network;
  const auto bytes = network.file(random);
  const ir::Graph graph = import_tflite(bytes, "legacy");
  const ExportedModel exported = export_tflite(graph);
  EXPECT_TRUE(exported.ran);
  EXPECT_EQ(ir::difference(graph, import_tflite(exported.file, "again")), "");
  const File before(bytes, "legacy"), after(exported.file, "again");
  const auto types = [](const File& file) {
    std::map<std::string, schema::TensorType> found;
    for (const auto* tensor : *file.main().tensors()) {
      found[file.tensor_name(*tensor)] = tensor->type();
    }
    return found;
  };
  EXPECT_EQ(types(after), types(before));
}

// uint8 at the doors of an int8 model stays what it is.
TEST(TfliteTypes, Uint8InputsOfInt8ModelsAreLeftAlone) {
  ModelBuilder b;
  const int32_t x = uint8_tensor(b, "x", {1, 4}, 0.5f, 127);
  const int32_t inner = b.activation("inner", {1, 4}, 0.5f, -1);
  b.op(114, {x}, {inner});
  const int32_t y = b.activation("y", {1, 4}, 0.5f, -1);
  b.op(19, {inner}, {y});
  const ir::Graph graph = import_tflite(b.finish({x}, {y}), "m");
  EXPECT_EQ(graph.nodes.size(), 2u);
  EXPECT_FALSE(graph.nodes[0].has("uint8"));
  EXPECT_EQ(graph.tensor(graph.inputs[0]).dtype, ir::DType::u8);
  EXPECT_EQ(ir::difference(graph, import_tflite(export_tflite(graph).file, "again")), "");
}

std::vector<uint8_t> dense_model(bool packed) {
  ModelBuilder b;
  const int32_t x = b.activation("x", {1, 3}, 0.5f, -1);
  const ModelBuilder::TensorSpec four{"w", schema::TensorType_INT4, {2, 3}, {0.25f, 0.5f}, {0, 0},
                                      0,   {0xe1, 0x87, 0x30}};
  const int32_t w = packed ? b.tensor(four)
                           : b.constant<int8_t>("w", schema::TensorType_INT8, {2, 3},
                                                {1, -2, 7, -8, 0, 3}, {0.25f, 0.5f}, 0);
  const int32_t y = b.activation("y", {1, 2}, 1.0f, 3);
  b.op(9, {x, w, -1}, {y}, 8, {{0, F::byte, 0}});
  return b.finish({x}, {y});
}

TEST(TfliteTypes, FourBitWeightsStayPackedAndGiveTheSameBits) {
  const ir::Graph four = import_tflite(dense_model(true), "four");
  const ir::Graph eight = import_tflite(dense_model(false), "eight");
  EXPECT_EQ(four.nodes[0].integer("weight_bits"), 4);
  EXPECT_EQ(four.tensor(four.nodes[0].inputs[1]).data, eight.tensor(eight.nodes[0].inputs[1]).data);
  Interpreter a(four, host_target()), b(eight, host_target());
  for (int32_t value = -128; value <= 127; ++value) {
    const auto byte = static_cast<uint8_t>(value);
    const std::vector<std::vector<uint8_t>> x{{byte, static_cast<uint8_t>(7 * value), 100}};
    a.run(x);
    b.run(x);
    ASSERT_TRUE(std::ranges::equal(a.bytes(four.outputs[0]), b.bytes(eight.outputs[0])));
  }
}

// A type that no kernel takes is told with operator and tensor, and so are all others.
TEST(TfliteTypes, AllLayersWithoutAKernelAreToldAtOnce) {
  ModelBuilder b;
  const auto wide = [&](const char* name) {
    return b.tensor({name, schema::TensorType_INT64, {1, 4}});
  };
  const int32_t x = wide("x"), first = wide("first"), second = wide("second");
  b.op(117, {x}, {first});
  b.op(14, {first}, {second});
  const ir::Graph graph = import_tflite(b.finish({x}, {second}), "m");
  CompileOptions options;
  options.target = host_target();
  try {
    compile(graph, options);
    FAIL() << "compiled";
  } catch (const ir::GraphError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("op hard_swish (operator 0): no kernel for inputs "
                                                 "(i64) on target"));
    EXPECT_THAT(error.what(), testing::HasSubstr("(output 'first')"));
    EXPECT_THAT(error.what(), testing::HasSubstr("op logistic (operator 1)"));
    EXPECT_THAT(error.what(), testing::HasSubstr("(output 'second')"));
  }
}

}  // namespace
}  // namespace mote::tflite

// The models of the data mirror, op by op and bit for bit against TensorFlow Lite's reference
// kernels. These tests need MOTE_DATA_MIRROR; tflite_test.cpp and the ops' own tests don't.

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/compile.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"
#include "compiler/seeded_inputs.hpp"
#include "core/crc32.hpp"
#include "tests/mirror.hpp"

namespace mote {
namespace {

using Bytes = std::vector<uint8_t>;

std::string crc_hex(std::span<const uint8_t> bytes) {
  const uint32_t crc = crc32(0, bytes.data(), bytes.size());
  const uint8_t big_endian[] = {static_cast<uint8_t>(crc >> 24), static_cast<uint8_t>(crc >> 16),
                                static_cast<uint8_t>(crc >> 8), static_cast<uint8_t>(crc)};
  return mirror::hex(big_endian);
}

struct Case {
  const char* layers;  // name below vectors/layers
  const char* model;   // path below models/
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.layers;
}

class GoldenModel : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
    const std::string path = std::string(GetParam().model) + ".tflite";
    ASSERT_TRUE(mirror::models().contains(path)) << path << " is not in models.tar.xz";
    graph_ = tflite::import_tflite(mirror::models().at(path), path);
  }
  ir::Graph graph_;
};

TEST_P(GoldenModel, EveryLayerHasTheReferenceBits) {
  Interpreter interpreter(graph_, host_target());
  interpreter.run(seeded_inputs(graph_, 1));
  const auto golden = mirror::golden(std::string("layers/") + GetParam().layers);
  ASSERT_EQ(golden["layers"].size(), graph_.nodes.size());
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    const auto& layer = golden["layers"][i];
    const ir::Tensor& tensor = graph_.tensor(graph_.nodes[i].outputs[0]);
    SCOPED_TRACE("op " + std::to_string(i) + " " + layer["name"].get<std::string>());
    EXPECT_EQ(tensor.shape, layer["shape"].get<ir::Shape>());
    const auto bytes = interpreter.bytes(graph_.nodes[i].outputs[0]);
    EXPECT_EQ(mirror::hex(bytes.first(std::min<size_t>(bytes.size(), 64))), layer["head_hex"]);
    EXPECT_EQ(crc_hex(bytes), layer["crc32"]);
  }
}

TEST_P(GoldenModel, OutputsOfFourSeedsHaveTheReferenceBits) {
  const auto golden = mirror::golden(GetParam().model);
  for (const auto& step : golden["steps"]) {
    const auto seed = step["seed"].get<uint32_t>();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Interpreter interpreter(graph_, host_target());
    interpreter.run(seeded_inputs(graph_, seed));
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      EXPECT_EQ(crc_hex(interpreter.bytes(graph_.nodes[i].outputs[0])), step["op_crc32"][i])
          << "op " << i;
    }
    for (size_t i = 0; i < graph_.outputs.size(); ++i) {
      const auto& output = step["outputs"][i];
      const auto bytes = interpreter.bytes(graph_.outputs[i]);
      if (output.contains("hex")) {
        EXPECT_EQ(mirror::hex(bytes), output["hex"]);
      } else {
        EXPECT_EQ(mirror::hex(bytes.first(256)), output["head_hex"]);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    TinyML, GoldenModel,
    testing::Values(Case{"kws_ref_model", "mlcommons-tiny/keyword_spotting/kws_ref_model"},
                    Case{"vww_96_int8", "mlcommons-tiny/visual_wake_words/vww_96_int8"},
                    Case{"pretrainedResnet_quant",
                         "mlcommons-tiny/image_classification/pretrainedResnet_quant"},
                    Case{"ad01_int8", "mlcommons-tiny/anomaly_detection/ad01_int8"},
                    Case{"hello_world_int8", "tflite-micro/hello_world/hello_world_int8"},
                    Case{"micro_speech_quantized",
                         "tflite-micro/micro_speech/micro_speech_quantized"},
                    Case{"person_detect", "tflite-micro/person_detect"}),
    [](const auto& test) { return std::string(test.param.layers); });

// The same model with its int8 weights made floats.
ir::Graph with_float_weights(ir::Graph graph) {
  for (const ir::Node& node : graph.nodes) {
    if (node.inputs.size() < 2 || graph.tensor(node.inputs[0]).dtype != ir::DType::f32) continue;
    ir::Tensor& w = graph.tensor(node.inputs[1]);
    if (!w.constant || w.dtype != ir::DType::i8) continue;
    const ir::Quantization q = w.quantization;
    const int64_t channels = q.axis < 0 ? 1 : w.shape[static_cast<size_t>(q.axis)];
    int64_t inner = 1;
    for (size_t k = static_cast<size_t>(q.axis) + 1; k < w.shape.size(); ++k) inner *= w.shape[k];
    if (q.axis < 0) inner = w.elements();
    std::vector<float> values;
    for (size_t i = 0; i < w.data.size(); ++i) {
      const auto channel = static_cast<size_t>(static_cast<int64_t>(i) / inner % channels);
      values.push_back(q.scale[channel] * static_cast<float>(w.values<int8_t>()[i]));
    }
    w.dtype = ir::DType::f32;
    w.quantization = {};
    w.data.resize(values.size() * sizeof(float));
    std::memcpy(w.data.data(), values.data(), w.data.size());
  }
  return graph;
}

// Float activations with int8 weights: the weights stay int8 in flash, and the results are those
// of float weights but for roundings.
TEST(HybridModels, KeepTheirWeightsInInt8) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  for (const std::string path : {"mlcommons-tiny/anomaly_detection/model_ToyCar_quant.tflite",
                                 "mlcommons-tiny/keyword_spotting/kws_ref_model_float32.tflite"}) {
    SCOPED_TRACE(path);
    const Bytes& file = mirror::models().at(path);
    const ir::Graph graph = tflite::import_tflite(file, path);
    CompileOptions options;
    options.target = host_target();
    EXPECT_LT(compile(graph, options).plan.constants.size(), file.size() * 21 / 20);
    const ir::Graph floats = with_float_weights(graph);
    Interpreter hybrid(graph, host_target()), exact(floats, host_target());
    const auto inputs = seeded_inputs(graph, 1);
    hybrid.run(inputs);
    exact.run(inputs);
    const auto a = hybrid.bytes(graph.outputs[0]), b = exact.bytes(graph.outputs[0]);
    for (size_t i = 0; i < a.size(); i += 4) {
      float x = 0, y = 0;
      std::memcpy(&x, a.data() + i, 4);
      std::memcpy(&y, b.data() + i, 4);
      ASSERT_NEAR(x, y, 1e-4f * std::max(1.0f, std::abs(y))) << i / 4;
    }
  }
}

// Files made to break readers. All but two have to be refused with a reason.
TEST(MalformedModels, AreRefused) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  size_t seen = 0;
  for (const auto& [path, bytes] : mirror::models()) {
    if (!path.starts_with("tflite-micro-malformed/")) continue;
    ++seen;
    const bool valid = path.find("/valid_") != std::string::npos;
    std::string reason;
    try {
      tflite::import_tflite(bytes, path);
    } catch (const ir::GraphError& error) {
      reason = error.what();
    }
    EXPECT_EQ(reason.empty(), valid) << path << ": " << reason;
  }
  EXPECT_EQ(seen, 8u);
}

}  // namespace
}  // namespace mote

// The models of the data mirror, op by op and bit for bit against TensorFlow Lite's reference
// kernels. These tests need MOTE_DATA_MIRROR; tflite_test.cpp and the ops' own tests don't.

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"
#include "core/crc32.hpp"

namespace mote {
namespace {

using Bytes = std::vector<uint8_t>;

std::string mirror() {
  const char* path = std::getenv("MOTE_DATA_MIRROR");
  return path == nullptr ? "" : path;
}

// Every .tflite of models.tar.xz by its path below models/; unpacked once.
const std::map<std::string, Bytes>& models() {
  static const std::map<std::string, Bytes> all = [] {
    std::map<std::string, Bytes> found;
    archive* reader = archive_read_new();
    archive_read_support_filter_all(reader);
    archive_read_support_format_all(reader);
    const std::string path = mirror() + "/models.tar.xz";
    if (archive_read_open_filename(reader, path.c_str(), 1 << 16) == ARCHIVE_OK) {
      archive_entry* entry = nullptr;
      while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
        std::string name = archive_entry_pathname(entry);
        if (!name.ends_with(".tflite")) continue;
        const size_t root = name.find("models/");
        if (root != std::string::npos) name.erase(0, root + 7);
        Bytes bytes(static_cast<size_t>(archive_entry_size(entry)));
        archive_read_data(reader, bytes.data(), bytes.size());
        found.emplace(name, std::move(bytes));
      }
    }
    archive_read_free(reader);
    return found;
  }();
  return all;
}

nlohmann::json vector_file(const std::string& name) {
  const std::string path = mirror() + "/vectors/" + name + ".json";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path);
  return nlohmann::json::parse(file);
}

// The generator of the golden vectors: xorshift32 from the seed, one stream through all inputs.
std::vector<Bytes> generated_inputs(const ir::Graph& graph, uint32_t seed) {
  uint32_t state = seed;
  const auto next = [&state] {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return static_cast<uint8_t>(state);
  };
  std::vector<Bytes> inputs;
  for (ir::TensorId id : graph.inputs) {
    const ir::Tensor& tensor = graph.tensor(id);
    Bytes bytes(static_cast<size_t>(tensor.byte_size()));
    if (tensor.dtype == ir::DType::f32) {
      for (size_t i = 0; i < bytes.size(); i += 4) {
        const float value = static_cast<float>(static_cast<int8_t>(next())) / 64.0f;
        std::memcpy(bytes.data() + i, &value, sizeof value);
      }
    } else {
      EXPECT_EQ(tensor.dtype, ir::DType::i8);
      for (uint8_t& byte : bytes) byte = next();
    }
    inputs.push_back(std::move(bytes));
  }
  return inputs;
}

std::string hex(std::span<const uint8_t> bytes) {
  std::string text;
  for (uint8_t byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string crc_hex(std::span<const uint8_t> bytes) {
  const uint32_t crc = crc32(0, bytes.data(), bytes.size());
  const uint8_t big_endian[] = {static_cast<uint8_t>(crc >> 24), static_cast<uint8_t>(crc >> 16),
                                static_cast<uint8_t>(crc >> 8), static_cast<uint8_t>(crc)};
  return hex(big_endian);
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
    if (mirror().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
    const std::string path = std::string(GetParam().model) + ".tflite";
    ASSERT_TRUE(models().contains(path)) << path << " is not in models.tar.xz";
    graph_ = tflite::import_tflite(models().at(path), path);
  }
  ir::Graph graph_;
};

TEST_P(GoldenModel, EveryLayerHasTheReferenceBits) {
  Interpreter interpreter(graph_, host_target());
  interpreter.run(generated_inputs(graph_, 1));
  const auto golden = vector_file(std::string("layers/") + GetParam().layers);
  ASSERT_EQ(golden["layers"].size(), graph_.nodes.size());
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    const auto& layer = golden["layers"][i];
    const ir::Tensor& tensor = graph_.tensor(graph_.nodes[i].outputs[0]);
    SCOPED_TRACE("op " + std::to_string(i) + " " + layer["name"].get<std::string>());
    EXPECT_EQ(tensor.shape, layer["shape"].get<ir::Shape>());
    const auto bytes = interpreter.bytes(graph_.nodes[i].outputs[0]);
    EXPECT_EQ(hex(bytes.first(std::min<size_t>(bytes.size(), 64))), layer["head_hex"]);
    EXPECT_EQ(crc_hex(bytes), layer["crc32"]);
  }
}

TEST_P(GoldenModel, OutputsOfFourSeedsHaveTheReferenceBits) {
  const auto golden = vector_file(GetParam().model);
  for (const auto& step : golden["steps"]) {
    const auto seed = step["seed"].get<uint32_t>();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Interpreter interpreter(graph_, host_target());
    interpreter.run(generated_inputs(graph_, seed));
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      EXPECT_EQ(crc_hex(interpreter.bytes(graph_.nodes[i].outputs[0])), step["op_crc32"][i])
          << "op " << i;
    }
    for (size_t i = 0; i < graph_.outputs.size(); ++i) {
      const auto& output = step["outputs"][i];
      const auto bytes = interpreter.bytes(graph_.outputs[i]);
      if (output.contains("hex")) {
        EXPECT_EQ(hex(bytes), output["hex"]);
      } else {
        EXPECT_EQ(hex(bytes.first(256)), output["head_hex"]);
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

// Files made to break readers. All but two have to be refused with a reason.
TEST(MalformedModels, AreRefused) {
  if (mirror().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  size_t seen = 0;
  for (const auto& [path, bytes] : models()) {
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

// Every .tflite model of the data mirror that can be imported goes out as a .tflite file and comes
// back: the same graph with the same names, and the same bits. Needs MOTE_DATA_MIRROR.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/compile.hpp"
#include "compiler/export/tflite_writer.hpp"
#include "compiler/export_model.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import_model.hpp"
#include "compiler/ir/same.hpp"
#include "tests/mirror.hpp"

namespace mote {
namespace {

using testing::AnyOf;
using testing::Each;
using testing::HasSubstr;

std::optional<ir::Graph> imported(const std::string& path, const std::vector<uint8_t>& bytes) {
  try {
    return import_model(bytes, path);
  } catch (const ir::GraphError&) {
    return std::nullopt;  // golden_models_test and onnx_models_test say which may be refused
  }
}

TEST(ExportedModels, ComeBackAsTheyWere) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  int models = 0, ran = 0;
  for (const auto& [path, bytes] : mirror::models()) {
    SCOPED_TRACE(path);
    const auto graph = imported(path, bytes);
    if (!graph) continue;
    ++models;
    const ExportedModel exported = export_tflite(*graph);
    ran += exported.ran ? 1 : 0;
    const ir::Graph back = tflite::import_tflite(exported.file, path);
    EXPECT_EQ(ir::difference(*graph, back), "");
  }
  EXPECT_GE(models, 101);
  EXPECT_EQ(ran, models);
}

// The passes' result is a model like any other.
TEST(ExportedModels, CanBeOptimised) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const std::string path = "mlcommons-tiny/visual_wake_words/vww_96_int8.tflite";
  const auto& bytes = mirror::models().at(path);
  ir::Graph graph = tflite::import_tflite(bytes, path);
  run_passes(graph);
  const ExportedModel exported = export_tflite(graph);
  EXPECT_TRUE(exported.ran);
  EXPECT_LT(exported.file.size(), bytes.size() / 3) << "most channels never count";
}

// Those of moderate size; larger ones have the same operators more often.
TEST(ExportedModels, TakeOnnxModelsAlong) {
  constexpr size_t nodes_max = 80;
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  int models = 0;
  std::vector<std::string> refused;
  for (const auto& [path, bytes] : mirror::unpack(".onnx")) {
    SCOPED_TRACE(path);
    const auto graph = imported(path, bytes);
    if (!graph || graph->nodes.size() > nodes_max) continue;
    const ir::Graph folded = folded_for_tflite(*graph);
    if (folded.nodes.empty()) continue;  // all of it is constant
    try {
      models += export_tflite(folded).ran ? 1 : 0;
    } catch (const tflite::InexpressibleError&) {
      refused.push_back(path);
    }
  }
  EXPECT_GE(models, 117);
  EXPECT_THAT(refused, Each(AnyOf(HasSubstr("test_gru_"), HasSubstr("test_lstm_"))))
      << "whose weights are inputs of the model";
}

}  // namespace
}  // namespace mote

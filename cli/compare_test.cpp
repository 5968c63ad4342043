// mote compare on files. project_model_test.cpp has it on a trained project.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command_trial.hpp"
#include "cli/model_file.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_samples.hpp"
#include "compiler/ir/text.hpp"
#include "data/test_files.hpp"

namespace mote::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Compare : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::vector<uint8_t>& bytes) const {
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }
  data::ScratchFolder folder_;
};

TEST_F(Compare, EnginesAgree) {
  const std::string model = write("net.tflite", tflite::sample_network());
  const Ran ran = run_captured({"compare", model, "--json"});
  ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["inferences"], 4);
  EXPECT_GE(report["layers"].size(), 6u);
  EXPECT_TRUE(report["outputs"][0]["same_bits"]);
  EXPECT_TRUE(report["outputs"][0]["sqnr_db"].is_null());
  const Ran table = run_captured({"compare", model, "@vm", "--html", folder_ / "page.html"});
  EXPECT_EQ(table.code, 0);
  EXPECT_THAT(table.out, HasSubstr("they agree"));
  EXPECT_THAT(table.out, HasSubstr("depthwise_conv2d"));
  const auto page = read_file(folder_ / "page.html");
  EXPECT_THAT(std::string(page.begin(), page.end()), HasSubstr("depthwise_conv2d"));
}

// One weight is another: the layers before it are the same, it is the first that isn't.
TEST_F(Compare, FindsWhereModelsPart) {
  const auto bytes = tflite::sample_network();
  ir::Graph graph = tflite::import_tflite(bytes, "net");
  for (ir::Tensor& tensor : graph.tensors) {
    if (tensor.name != "w1") continue;
    for (uint8_t& weight : tensor.data) weight = static_cast<uint8_t>(weight ^ 1);
  }
  const std::string model = write("net.tflite", bytes);
  const std::string text = ir::print_text(graph, ir::full_text);
  const std::string other = write("other.graph", {text.begin(), text.end()});
  const Ran ran = run_captured({"compare", model, other + "@reference", "--json"});
  EXPECT_EQ(ran.code, 1);
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["first_divergence"]["tensor"], "depthwise");
  EXPECT_TRUE(report["layers"][0]["same_bits"]);
  EXPECT_GT(report["layers"][1]["sqnr_db"], 10.0);
  EXPECT_EQ(run_captured({"compare", model, other, "--tolerance", "1000"}).code, 0);
  EXPECT_THAT(run_captured({"compare", model, other}).out, HasSubstr("they part at 1 depthwise"));
}

// Both get the same real values, those that int8 can hold.
TEST_F(Compare, PrecisionsGetTheSameInputs) {
  tflite::ModelBuilder real, stored;
  const int32_t x = real.tensor({"x", tflite::schema::TensorType_FLOAT32, {1, 8}});
  const int32_t y = real.tensor({"y", tflite::schema::TensorType_FLOAT32, {1, 8}});
  real.op(19, {x}, {y});
  const int32_t in = stored.activation("x", {1, 8}, 0.5f, 3);
  const int32_t out = stored.activation("y", {1, 8}, 0.5f, 3);
  stored.op(19, {in}, {out});
  const std::string a = write("float.tflite", real.finish({x}, {y}));
  const std::string b = write("int8.tflite", stored.finish({in}, {out}));
  for (const auto& [one, other] : {std::pair{a, b}, std::pair{b, a}}) {
    const Ran ran = run_captured({"compare", one, other, "--json", "--count", "7"});
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    const json report = json::parse(ran.out);
    EXPECT_EQ(report["inferences"], 7);
    EXPECT_GT(report["outputs"][0]["largest"], 20.0);
    EXPECT_FALSE(report["outputs"][0]["same_bits"]);
  }
}

TEST_F(Compare, CompareSaysWhatIsWrong) {
  const std::string model = write("net.tflite", tflite::sample_network());
  EXPECT_EQ(run_captured({"compare", model, "@abacus"}).code, 2);
  EXPECT_EQ(run_captured({"compare", "@vm"}).code, 2);
  EXPECT_EQ(run_captured({"compare", model, "--split", "test"}).code, 2);
  EXPECT_EQ(run_captured({"compare", model, folder_ / "absent"}).code, 1);
  const Ran shapes = run_captured({"compare", model, write("d.tflite", tflite::sample_dense())});
  EXPECT_EQ(shapes.code, 1);
  EXPECT_THAT(shapes.err, HasSubstr("can't be compared"));
}

}  // namespace
}  // namespace mote::cli

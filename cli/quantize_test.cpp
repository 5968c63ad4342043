// mote quantize as a command: arrays in, report and files out.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "cli/command_trial.hpp"
#include "cli/model_file.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/quantize/quantize_trial.hpp"
#include "data/dataset.hpp"
#include "data/npy.hpp"
#include "data/test_files.hpp"
#include "lab/model.hpp"

namespace mote::cli {
namespace {

class QuantizeCommand : public testing::Test {
 protected:
  void SetUp() override {
    data::write_file(model, ir::print_text(quantize::small_net(1), ir::full_text));
    std::mt19937 random(1);
    data::write_file(inputs,
                     data::write_npy_array(quantize::random_floats(random, 40 * 192, 1), 40, 192));
    std::vector<float> classes;
    for (int i = 0; i < 40; ++i) classes.push_back(static_cast<float>(i % 5));
    data::write_file(labels, data::write_npy_array(classes, 40, 1));
  }

  nlohmann::json report(std::vector<std::string> more) const {
    std::vector<std::string> words{"quantize", model, "--inputs", inputs, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = run_captured(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.code == 0 ? nlohmann::json::parse(ran.out) : nlohmann::json();
  }

  data::ScratchFolder folder;
  std::string model = folder / "net.graph", inputs = folder / "x.npy", labels = folder / "y.npy";
};

TEST_F(QuantizeCommand, ReportsEveryLayerAndWritesTheModel) {
  const auto document = report({"--labels", labels, "--samples", "20", "--sensitivity", "-o",
                                folder / "net.mote", "-o", folder / "int8.graph"});
  EXPECT_EQ(document.at("calibration_samples"), 16);
  EXPECT_EQ(document.at("held_out_samples"), 4);
  ASSERT_EQ(document.at("layers").size(), 7u);
  const auto& conv = document.at("layers").at(0);
  EXPECT_EQ(conv.at("op"), "conv2d");
  EXPECT_EQ(conv.at("precision"), "int8");
  EXPECT_GT(conv.at("sqnr_db"), 20);
  EXPECT_GT(conv.at("alone_db"), document.at("output_sqnr_db"));
  EXPECT_EQ(document.at("accuracy").at("rest").at("samples"), 24) << "all but the calibrated";
  EXPECT_LT(document.at("cost").at("flash_bytes"), document.at("float32_cost").at("flash_bytes"));
  const ir::Graph written = ir::parse_text(data::read_file(folder / "int8.graph"));
  ir::verify(written);
  EXPECT_EQ(written.tensor(written.inputs[0]).dtype, ir::DType::i8);
  EXPECT_EQ(run_captured({"bench", folder / "net.mote"}).code, 0) << "on the board it is for";
}

// The file holds what the report is about: the same bits as the graph.
TEST_F(QuantizeCommand, WritesTfliteFiles) {
  for (const char* precision : {"int8", "int16x8", "int4"}) {
    SCOPED_TRACE(precision);
    const std::string graph = folder / "q.graph", file = folder / "q.tflite";
    report({"--precision", precision, "-o", graph, "-o", file});
    const Ran same = run_captured({"compare", graph + "@vm", file + "@vm", "--json"});
    ASSERT_EQ(same.code, 0) << same.out << same.err;
    EXPECT_TRUE(nlohmann::json::parse(same.out)["outputs"][0]["same_bits"]);
    const ir::Graph written = import_model_file(file);
    EXPECT_EQ(written.tensor(written.inputs[0]).dtype,
              precision == std::string("int16x8") ? ir::DType::i16 : ir::DType::i8);
  }
}

TEST_F(QuantizeCommand, PrintsATable) {
  const Ran ran = run_captured({"quantize", model, "--inputs", inputs, "--equalise",
                                "--correct-bias", "--method", "percentile"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  for (const char* part : {"depthwise_conv2d [1,8,8,8]", "SQNR dB", "bytes of the arena"}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << "\n" << ran.out;
  }
}

TEST_F(QuantizeCommand, TakesPrecisionsByLayerAndByBudget) {
  const auto one = report({"--layer", "1=int16x8"});
  EXPECT_EQ(one.at("layers").at(1).at("precision"), "int16x8");
  EXPECT_EQ(one.at("layers").at(0).at("precision"), "int8");
  const int64_t narrow = report({}).at("cost").at("instructions_estimate");
  const int64_t wide = report({"--precision", "int16x8"}).at("cost").at("instructions_estimate");
  const std::string budget = std::to_string((narrow + wide) / 2);
  const auto mixed = report({"--precision", "mixed", "--instructions", budget});
  EXPECT_LE(mixed.at("cost").at("instructions_estimate"), (narrow + wide) / 2);
  EXPECT_FALSE(mixed.at("steps").empty());
}

// The same weights, as they are and as indices: the outputs' bits are the same, the package
// smaller.
TEST_F(QuantizeCommand, PutsPalettesIntoSmallPackages) {
  quantize::GraphMaker made({1, 8, 8, 3}, 2);
  made.conv(32, 3, "relu").conv(40, 3, "relu").depthwise(3, "relu").pool("average_pool", 8);
  made.flatten().dense(7);
  data::write_file(model, ir::print_text(made.finish(), ir::full_text));
  const std::string graph = folder / "few.graph", small = folder / "small.mote";
  const auto few = report({"--palette", "4", "--board", "mps2-an386", "-o", graph, "-o", small});
  EXPECT_EQ(few.at("palette_bits"), 4);
  const auto plain = report({});
  EXPECT_LT(few.at("output_sqnr_db"), plain.at("output_sqnr_db"));
  EXPECT_GT(few.at("output_sqnr_db"), 10);
  const int64_t flash = few.at("cost").at("flash_bytes");
  EXPECT_LT(flash, plain.at("cost").at("flash_bytes").get<int64_t>() * 7 / 10);

  const auto package = [&](const std::string& goal) {
    const std::string file = folder / (goal + ".mote");
    const Ran ran =
        run_captured({"compile", graph, "--board", "mps2-an386", "--optimize", goal, "-o", file});
    EXPECT_EQ(ran.code, 0) << ran.err;
    return data::read_file(file);
  };
  const std::string indices = package("flash"), bytes = package("latency");
  EXPECT_LT(indices.size(), bytes.size() * 7 / 10);
  const auto checksum = [](const std::string& text) {
    const lab::Model read(std::vector<uint8_t>(text.begin(), text.end()), "read");
    return read.reader().header().golden_checksum;
  };
  EXPECT_EQ(checksum(indices), checksum(bytes)) << "of outputs for the same seeded inputs";
  EXPECT_EQ(run_captured({"bench", small}).code, 0) << "the board gives these outputs too";
}

TEST_F(QuantizeCommand, SaysWhatIsWrongWithACommandLine) {
  const auto error = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "quantize");
    const Ran ran = run_captured(words);
    EXPECT_NE(ran.code, 0);
    return ran.err;
  };
  EXPECT_NE(error({model}).find("--inputs FILE.npy"), std::string::npos);
  EXPECT_NE(error({}).find("MODEL is missing"), std::string::npos);
  EXPECT_NE(error({model, "--inputs", labels}).find("no whole samples"), std::string::npos);
  EXPECT_NE(error({model, "--inputs", inputs, "--labels", inputs}).find("labels for 40"),
            std::string::npos);
  EXPECT_NE(error({model, "--inputs", inputs, "--precision", "mixed"}).find("go together"),
            std::string::npos);
  EXPECT_NE(error({model, "--inputs", inputs, "--palette", "8"}).find("--palette"),
            std::string::npos);
  EXPECT_NE(error({model, "--inputs", inputs, "--palette", "4", "--precision", "mixed", "--flash",
                   "9000"})
                .find("not with mixed"),
            std::string::npos);
  EXPECT_NE(error({model, "--inputs", inputs, "--layer", "99=int8"}).find("0 to 6"),
            std::string::npos);
  EXPECT_NE(error({model, "--inputs", inputs, "-o", folder / "x.bin"}).find(".mote, .tflite or"),
            std::string::npos);
}

TEST_F(QuantizeCommand, CalibratesWithADataset) {
  std::vector<data::Recording> recordings;
  std::mt19937 random(5);
  for (int i = 0; i < 12; ++i) {
    std::vector<int16_t> counts(2 * 192);
    for (int16_t& c : counts) c = static_cast<int16_t>(random() % 64);
    recordings.push_back(
        data::make_recording("r" + std::to_string(i), counts, i % 2 == 0 ? "a" : "b"));
  }
  data::Dataset dataset = data::Dataset::create(folder / "set", "set");
  dataset.add({}, recordings);
  dataset.save();
  const Ran ran = run_captured({"quantize", model, "--data", folder / "set", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto document = nlohmann::json::parse(ran.out);
  EXPECT_TRUE(document.at("accuracy").contains("test"));
  EXPECT_GT(document.at("calibration_samples"), 4);
}

}  // namespace
}  // namespace mote::cli

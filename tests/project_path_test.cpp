// The path that a user goes, through the binary: mote new, data get, train, evaluate on this
// machine and on the virtual Cortex-M4.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace mote {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ProjectPath : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "mote-path-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    setenv("MOTE_DATASETS", (folder_ / "datasets").c_str(), 1);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // What `mote arguments`, run in the project's folder, prints to standard output.
  std::string run(const std::string& arguments) {
    const std::string command =
        "cd '" + folder_.string() + "' && '" MOTE_BINARY "' " + arguments + " 2>log.txt";
    FILE* pipe = popen(command.c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    std::string text;
    char part[4096];
    for (size_t size = 0; (size = fread(part, 1, sizeof(part), pipe)) > 0;) text.append(part, size);
    EXPECT_EQ(pclose(pipe), 0) << command << "\n" << text;
    return text;
  }
  json report_of(const std::string& arguments) { return json::parse(run(arguments + " --json")); }

  fs::path folder_;
};

TEST_F(ProjectPath, TrainsTheSimulatedMotorAndJudgesItOnTheBoard) {
  run("new motor --example predictive-maintenance");
  folder_ /= "motor";
  report_of("data get motor-vibration");
  const json trained = report_of("train .");
  EXPECT_EQ(trained.at("labels").size(), 4u);
  const double real = trained.at("float32").at("test").at("accuracy").at("value");
  EXPECT_GE(real, 0.95);

  const json host = report_of("evaluate . --board host");
  const json board = report_of("evaluate . --board mps2-an386");
  EXPECT_EQ(board.at("board"), "mps2-an386");
  EXPECT_EQ(board.at("split"), "test");
  // Bit for bit the same arithmetic, hence the same decisions.
  EXPECT_EQ(board.at("confusion"), host.at("confusion"));
  EXPECT_EQ(board.at("accuracy"), trained.at("int8").at("test").at("accuracy"));
  EXPECT_GT(board.at("instructions_mean"), 0);
  EXPECT_LE(board.at("drop_points").get<double>(), 0.5);

  // Calibration alone, without the training that follows it in `mote train`.
  for (const std::string method : {"minmax", "mse"}) {
    const json quantised = report_of("quantize . --method " + method);
    EXPECT_LE(quantised.at("accuracy").at("val").at("drop_points").get<double>(), 1.0) << method;
  }
  folder_ = folder_.parent_path();
}

}  // namespace
}  // namespace mote

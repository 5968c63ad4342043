#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/run.hpp"
#include "compiler/compile.hpp"
#include "compiler/import/onnx_builder.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_samples.hpp"
#include "compiler/interpret.hpp"

namespace mote::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Inspect : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("mote_inspect_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::vector<uint8_t>& bytes) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  // Runs `mote inspect ARGUMENTS...`; stdout goes to out_.
  int inspect(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), {"mote", "inspect"});
    testing::internal::CaptureStdout();
    const int code = run(static_cast<int>(arguments.size()), arguments.data());
    std::fflush(stdout);
    out_ = testing::internal::GetCapturedStdout();
    return code;
  }

  fs::path folder_;
  std::string out_;
};

TEST_F(Inspect, ShowsAModel) {
  const std::string path = write("net.tflite", tflite::sample_network());
  EXPECT_EQ(inspect({path.c_str()}), 0);
  EXPECT_THAT(out_, HasSubstr("8 operators"));
  EXPECT_THAT(out_, HasSubstr("depthwise_conv2d"));
  EXPECT_EQ(inspect({path.c_str(), "--json"}), 0);
  const json report = json::parse(out_);
  EXPECT_EQ(report["operators"].size(), 8u);
  // 6*6*4*18 + 3*3*4*9 + 3*4
  EXPECT_EQ(report["macs"], 2592 + 324 + 12);
  EXPECT_EQ(report["inputs"][0]["shape"], (std::vector<int>{1, 6, 6, 2}));
  EXPECT_EQ(inspect({path.c_str(), "--text"}), 0);
  EXPECT_THAT(out_, HasSubstr("= softmax(%"));
}

TEST_F(Inspect, DrawsAModel) {
  const std::string path = write("net.tflite", tflite::sample_network());
  const std::string page = (folder_ / "net.html").string(), svg = (folder_ / "net.svg").string();
  EXPECT_EQ(inspect({path.c_str(), "--html", page.c_str(), "--svg", svg.c_str()}), 0);
  const auto text_of = [](const std::string& file) {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_THAT(text_of(page), HasSubstr("Model of 8 operators"));
  EXPECT_THAT(text_of(page), HasSubstr("buffers share an arena of"));
  EXPECT_THAT(text_of(svg), testing::StartsWith("<svg xmlns"));
  EXPECT_NE(inspect({path.c_str(), "--svg", "/no/such/folder/net.svg"}), 0);
}

TEST_F(Inspect, ListsWhatIsNotSupported) {
  tflite::ModelBuilder b;
  b.activation("x", {1, 4}, 1, 0);
  b.activation("y", {1, 4}, 1, 0);
  b.op(29, {0}, {1});  // of TensorFlow Lite's operators that no kernel of it computes
  const std::string path = write("embeddings.tflite", b.finish({0}, {1}));
  EXPECT_EQ(inspect({path.c_str(), "--json"}), 1);
  const json report = json::parse(out_);
  EXPECT_EQ(report["supported"], false);
  EXPECT_EQ(report["operators"][0]["op"], "CONCAT_EMBEDDINGS");
  EXPECT_EQ(report["operators"][0]["unsupported"], "not supported");
}

TEST_F(Inspect, ShowsAnOnnxModel) {
  const std::string path = write("net.onnx", onnx::sample_network());
  EXPECT_EQ(inspect({path.c_str(), "--json"}), 0);
  const json report = json::parse(out_);
  EXPECT_EQ(report["kind"], "onnx");
  EXPECT_EQ(report["supported"], true);
  EXPECT_GT(report["macs"], 0);
  EXPECT_EQ(inspect({path.c_str()}), 0);
  EXPECT_THAT(out_, HasSubstr("ONNX model"));
  EXPECT_THAT(out_, HasSubstr("conv2d"));
}

TEST_F(Inspect, ShowsAPackage) {
  CompileOptions options;
  options.target = host_target();
  const Compiled compiled =
      compile(tflite::import_tflite(tflite::sample_network(), "net"), options);
  const std::string path = write("net.mote", compiled.package);
  EXPECT_EQ(inspect({path.c_str(), "--json"}), 0);
  const json report = json::parse(out_);
  EXPECT_EQ(report["kind"], "mote");
  EXPECT_EQ(report["bytes"], compiled.package.size());
  EXPECT_EQ(report["ops"].size(), compiled.plan.ops.size());

  std::vector<uint8_t> damaged = compiled.package;
  damaged.back() ^= 1;
  EXPECT_EQ(inspect({write("bad.mote", damaged).c_str(), "--json"}), 1);
  EXPECT_EQ(json::parse(out_)["runs_on_this_host"], false);
}

TEST_F(Inspect, RefusesOtherFiles) {
  EXPECT_EQ(inspect({write("x.bin", {1, 2, 3}).c_str()}), 1);
  EXPECT_EQ(inspect({(folder_ / "absent").c_str()}), 2);
}

}  // namespace
}  // namespace mote::cli

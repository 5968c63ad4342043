// mote export on files. project_model_test.cpp has it on a trained project.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command_trial.hpp"
#include "cli/model_file.hpp"
#include "compiler/compile.hpp"
#include "compiler/import/onnx_builder.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_samples.hpp"
#include "compiler/interpret.hpp"
#include "data/test_files.hpp"

namespace mote::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Export : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::vector<uint8_t>& bytes) const {
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }
  data::ScratchFolder folder_;
};

TEST_F(Export, WritesAModel) {
  const std::string onnx = write("net.onnx", onnx::sample_network());
  const std::string made = folder_ / "net.tflite";
  const Ran ran = run_captured({"export", onnx, "-o", made, "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const json report = json::parse(ran.out);
  EXPECT_TRUE(report["same_bits"]);
  EXPECT_EQ(report["bytes"], read_file(made).size());
  EXPECT_EQ(report["operators"], tflite::import_tflite(read_file(made), "net").nodes.size());
  const Ran compared = run_captured({"compare", onnx + "@vm", made + "@vm", "--json"});
  EXPECT_EQ(compared.code, 0) << compared.out;
  EXPECT_TRUE(json::parse(compared.out)["outputs"][0]["same_bits"]);
}

TEST_F(Export, RefusesWhatItCanNot) {
  const std::string model = write("net.tflite", tflite::sample_network());
  EXPECT_EQ(run_captured({"export", model, "-o", model}).code, 2) << "would overwrite the model";
  EXPECT_EQ(run_captured({"export", model, "--float"}).code, 2);
  CompileOptions options;
  options.target = host_target();
  const Compiled compiled =
      compile(tflite::import_tflite(tflite::sample_network(), "net"), options);
  const Ran package = run_captured({"export", write("net.mote", compiled.package)});
  EXPECT_EQ(package.code, 1);
  EXPECT_THAT(package.err, HasSubstr("compiled from"));
}

}  // namespace
}  // namespace mote::cli

// Every .tflite model of the data mirror that tflite-micro runs, on the emulated boards, as a
// package in the virtual machine and as emitted source, against tflite-micro's bits: streaming
// models over all their steps, and from reset. golden_models_test does the same on this host,
// lab_golden_test a few on more boards.

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compile.hpp"
#include "compiler/import/tflite.hpp"
#include "lab/batch.hpp"
#include "tests/golden_trial.hpp"

namespace mote {
namespace {

using nlohmann::json;

using Case = std::tuple<std::string /* model */, const char* /* board */, lab::Engine>;

class GoldensOnBoards : public testing::TestWithParam<Case> {
 protected:
  // All steps one after another in one device.
  void run_steps(const ir::Graph& graph, const lab::Model& model, std::span<const json> steps) {
    mirror::Bytes windows;
    for (const json& step : steps) {
      for (const mirror::Bytes& input : mirror::inputs_of(graph, step)) {
        windows.insert(windows.end(), input.begin(), input.end());
      }
    }
    const lab::Batch batch = lab::run_batch(board(), model, std::get<2>(GetParam()), windows);
    ASSERT_EQ(batch.outputs.size(), steps.size() * batch.output_bytes);
    std::span<const uint8_t> rest(batch.outputs);
    for (const json& step : steps) {
      SCOPED_TRACE("seed " + step["seed"].dump());
      for (size_t i = 0; i < graph.outputs.size(); ++i) {
        const ir::Tensor& tensor = graph.tensor(graph.outputs[i]);
        const auto bytes = static_cast<size_t>(tensor.byte_size());
        mirror::expect_output(tensor, rest.first(bytes), step["outputs"][i]);
        rest = rest.subspan(bytes);
      }
    }
  }

  const lab::Board& board() const { return lab::find_board(std::get<1>(GetParam())); }
};

TEST_P(GoldensOnBoards, HaveTheReferenceBits) {
  const std::string& name = std::get<0>(GetParam());
  const std::string path = name + ".tflite";
  const ir::Graph graph = tflite::import_tflite(mirror::models().at(path), path);
  CompileOptions options;
  options.target = board().target();
  Compiled compiled = compile(graph, options);
  constexpr int64_t stack_and_data = 64 << 10;
  if (board().ram_bytes > 0 && compiled.plan.arena_bytes + stack_and_data > board().ram_bytes) {
    options.planning.optimize = plan::Optimize::ram;
    compiled = compile(graph, options);
  }
  const lab::Model model(std::move(compiled));
  const json golden = mirror::golden(name);
  const auto steps = golden["steps"].get<std::vector<json>>();
  run_steps(graph, model, steps);
  if (!golden.contains("steps_from_reset")) return;
  for (const json& step : golden["steps_from_reset"]) {
    run_steps(graph, model, {&step, 1});
  }
}

// Without a mirror there are no models.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldensOnBoards);
INSTANTIATE_TEST_SUITE_P(Mirror, GoldensOnBoards,
                         testing::Combine(testing::ValuesIn(mirror::golden_models()),
                                          testing::Values("mps2-m0plus", "mps2-an385", "mps2-an386",
                                                          "mps3-an547", "riscv-virt", "host"),
                                          testing::Values(lab::Engine::vm, lab::Engine::code)),
                         [](const auto& test) {
                           std::string name =
                               std::get<0>(test.param) + "_on_" + std::get<1>(test.param) +
                               (std::get<2>(test.param) == lab::Engine::vm ? "_vm" : "_code");
                           for (char& c : name) c = std::isalnum(c) ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace mote

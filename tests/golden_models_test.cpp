// Every .tflite model of the data mirror that tflite-micro runs: op by op on this host, and as a
// package in the virtual machine, against tflite-micro's bits. Integer tensors must be equal; of
// floats see float_tolerance. Needs MOTE_DATA_MIRROR; the ops' own tests don't.

#include <gtest/gtest.h>

#include <set>

#include "compiler/compile.hpp"
#include "compiler/import/tflite.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "tests/golden_trial.hpp"

namespace mote {
namespace {

using mirror::expect_output;
using mirror::inputs_of;

// Models with golden outputs that can't be imported yet.
const std::set<std::string> missing = {};

// Runs every step. fresh: state is reset before each.
void run_steps(const ir::Graph& graph, const nlohmann::json& steps, bool fresh) {
  Interpreter interpreter(graph, host_target());
  CompileOptions options;
  options.target = host_target();
  options.golden_seed = 0;
  const Compiled compiled = compile(graph, options);
  struct alignas(16) Block {
    uint8_t bytes[16];
  };
  std::vector<Block> flash(compiled.package.size() / 16 + 1);
  std::memcpy(flash.data(), compiled.package.data(), compiled.package.size());
  Vm vm;
  ASSERT_EQ(vm.load({flash[0].bytes, compiled.package.size()}, board_kernels), Status::ok);
  std::vector<Block> memory(vm.arena_bytes() / 16 + 1, Block{{0xa5}});
  const Bytes arena{memory[0].bytes, vm.arena_bytes()};
  ASSERT_EQ(vm.reset(arena), Status::ok);
  for (const auto& step : steps) {
    SCOPED_TRACE("seed " + step["seed"].dump());
    const auto inputs = inputs_of(graph, step);
    if (fresh) {
      interpreter.reset();
      ASSERT_EQ(vm.reset(arena), Status::ok);
    }
    interpreter.run(inputs);
    if (step.contains("op_crc32")) mirror::expect_ops(graph, interpreter, step["op_crc32"]);
    for (size_t i = 0; i < inputs.size(); ++i) {
      std::memcpy(vm.input(i, arena.data).data, inputs[i].data(), inputs[i].size());
    }
    ASSERT_EQ(vm.run(arena), Status::ok);
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const ir::Tensor& tensor = graph.tensor(graph.outputs[i]);
      expect_output(tensor, interpreter.bytes(graph.outputs[i]), step["outputs"][i]);
      const Bytes output = vm.output(i, arena.data);
      expect_output(tensor, {output.data, output.size}, step["outputs"][i]);
    }
  }
}

class GoldenModels : public testing::TestWithParam<std::string> {};

TEST_P(GoldenModels, HaveTheReferenceBits) {
  const std::string path = GetParam() + ".tflite";
  const auto golden = mirror::golden(GetParam());
  if (missing.contains(GetParam())) {
    EXPECT_THROW(tflite::import_tflite(mirror::models().at(path), path), ir::GraphError)
        << "take it out of the list of missing models";
    return;
  }
  const ir::Graph graph = tflite::import_tflite(mirror::models().at(path), path);
  const bool sequence = golden.contains("steps_from_reset");
  run_steps(graph, golden["steps"], !sequence);
  if (sequence) run_steps(graph, golden["steps_from_reset"], true);
}

// Without a mirror there are no models.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GoldenModels);
INSTANTIATE_TEST_SUITE_P(Mirror, GoldenModels, testing::ValuesIn(mirror::golden_models()),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (char& c : name) c = std::isalnum(c) ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace mote

// The int8 models of the data mirror on every board, with both engines, against TensorFlow Lite's
// bits.
#include <gtest/gtest.h>

#include "compiler/import/tflite.hpp"
#include "lab/batch.hpp"
#include "lab/bench.hpp"
#include "lab/suite.hpp"
#include "tests/mirror.hpp"

namespace mote::lab {
namespace {

struct Case {
  const char* name;
  const char* model;  // path below models/, without .tflite
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

Model compile_for(const Board& board, const std::string& path,
                  const plan::PlanOptions& planning = {}) {
  CompileOptions options;
  options.target = board.target();
  options.planning = planning;
  return Model(
      compile(tflite::import_tflite(mirror::models().at(path + ".tflite"), path), options));
}

class GoldenOnBoard : public testing::TestWithParam<std::tuple<Case, const char*>> {
 protected:
  void SetUp() override {
    if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
    path_ = std::get<0>(GetParam()).model;
    ASSERT_TRUE(mirror::models().contains(path_ + ".tflite"));
    golden_ = mirror::golden(path_);
    // Of a streaming model the steps follow each other in one device.
    for (const auto& step : golden_["steps"]) seeds_.push_back(step["seed"].get<uint32_t>());
    ASSERT_GE(seeds_.size(), 4u);
  }

  void compare(const Model& model, std::span<const uint8_t> outputs) const {
    ASSERT_EQ(outputs.size(), seeds_.size() * model.output_bytes());
    for (size_t i = 0; i < seeds_.size(); ++i) {
      const auto mine = outputs.subspan(i * model.output_bytes(), model.output_bytes());
      const auto& golden = golden_["steps"][i]["outputs"];
      ASSERT_EQ(golden.size(), 1u);
      // Of a large output the file has the beginning.
      const std::string expected =
          golden[0].contains("hex") ? golden[0]["hex"] : golden[0]["head_hex"];
      EXPECT_EQ(mirror::hex(mine).substr(0, expected.size()), expected) << "seed " << seeds_[i];
    }
  }

  void compare(const Model& model, Engine engine) const {
    compare(model, run_batch(board(), model, engine, windows(model)).outputs);
  }

  std::vector<uint8_t> windows(const Model& model) const {
    std::vector<uint8_t> all;
    for (const uint32_t seed : seeds_) {
      const auto window = model.generate_input(seed);
      all.insert(all.end(), window.begin(), window.end());
    }
    return all;
  }

  const Board& board() const { return find_board(std::get<1>(GetParam())); }

  std::string path_;
  nlohmann::json golden_;
  std::vector<uint32_t> seeds_;
};

TEST_P(GoldenOnBoard, PackageInTheVirtualMachine) {
  compare(compile_for(board(), path_), Engine::vm);
}

TEST_P(GoldenOnBoard, EmittedSource) {
  compare(compile_for(board(), path_), Engine::code);
}

// Models that a plan for RAM runs in bands of rows.
class GoldenInBands : public GoldenOnBoard {
 protected:
  Model in_bands() const {
    Model model = compile_for(board(), path_, {plan::Optimize::ram, true});
    EXPECT_FALSE(model.plan()->repeats.empty()) << "no band";
    EXPECT_EQ(model.frame_bytes() > 0, path_.ends_with("vww_96_int8"));
    return model;
  }
};

TEST_P(GoldenInBands, PackageInTheVirtualMachine) {
  compare(in_bands(), Engine::vm);
}

TEST_P(GoldenInBands, EmittedSource) {
  compare(in_bands(), Engine::code);
}

INSTANTIATE_TEST_SUITE_P(
    TinyML, GoldenInBands,
    testing::Combine(
        testing::Values(Case{"kws", "mlcommons-tiny/keyword_spotting/kws_ref_model"},
                        Case{"vww", "mlcommons-tiny/visual_wake_words/vww_96_int8"},
                        Case{"ic", "mlcommons-tiny/image_classification/pretrainedResnet_quant"},
                        Case{"person_detect", "tflite-micro/person_detect"}),
        testing::Values("mps2-an385", "mps2-an386", "mps3-an547", "host")),
    [](const auto& test) {
      std::string name = std::string(std::get<0>(test.param).name) + "_" + std::get<1>(test.param);
      std::ranges::replace(name, '-', '_');
      return name;
    });

INSTANTIATE_TEST_SUITE_P(
    TinyML, GoldenOnBoard,
    testing::Combine(
        testing::Values(Case{"kws", "mlcommons-tiny/keyword_spotting/kws_ref_model"},
                        Case{"vww", "mlcommons-tiny/visual_wake_words/vww_96_int8"},
                        Case{"ic", "mlcommons-tiny/image_classification/pretrainedResnet_quant"},
                        Case{"ad", "mlcommons-tiny/anomaly_detection/ad01_int8"},
                        Case{"hello_world", "tflite-micro/hello_world/hello_world_int8"},
                        Case{"micro_speech", "tflite-micro/micro_speech/micro_speech_quantized"},
                        Case{"person_detect", "tflite-micro/person_detect"}),
        testing::Values("mps2-m0plus", "mps2-an385", "mps2-an386", "mps2-an500", "mps3-an547",
                        "riscv-virt", "aarch64", "host")),
    [](const auto& test) {
      std::string name = std::string(std::get<0>(test.param).name) + "_" + std::get<1>(test.param);
      std::ranges::replace(name, '-', '_');
      return name;
    });

// What a machine without this one's instruction sets runs.
INSTANTIATE_TEST_SUITE_P(
    Portable, GoldenOnBoard,
    testing::Combine(
        testing::Values(Case{"kws", "mlcommons-tiny/keyword_spotting/kws_ref_model"},
                        Case{"ic", "mlcommons-tiny/image_classification/pretrainedResnet_quant"}),
        testing::Values("host-portable")),
    [](const auto& test) { return std::string(std::get<0>(test.param).name); });

// One model of each further kind: 16-bit types, state, recurrence, signals.
INSTANTIATE_TEST_SUITE_P(
    Kinds, GoldenOnBoard,
    testing::Combine(
        testing::Values(Case{"conv_s16", "tflite-micro-seanet-ops/conv/conv0"},
                        Case{"sub_s16", "tflite-micro-seanet-ops/sub/sub0"},
                        Case{"leaky_relu_s16", "tflite-micro-seanet-ops/leaky_relu/leaky_relu0"},
                        Case{"strided_slice_s16",
                             "tflite-micro-seanet-ops/strided_slice/strided_slice0"},
                        Case{"quantize_s32", "tflite-micro-seanet-ops/quantize/quantize0"},
                        Case{"variables", "esphome-microwakeword/v2/vad"},
                        Case{"lstm", "tflite-micro/mnist_lstm/trained_lstm_int8"},
                        Case{"svdf", "tflite-micro/keyword_scrambled"},
                        Case{"signals", "tflite-micro/micro_speech/audio_preprocessor_int8"}),
        testing::Values("mps2-an385", "mps2-an386", "riscv-virt", "host")),
    [](const auto& test) {
      std::string name = std::string(std::get<0>(test.param).name) + "_" + std::get<1>(test.param);
      std::ranges::replace(name, '-', '_');
      return name;
    });

// tflite-micro with CMSIS-NN takes 7,696,912 instructions, 53,128 bytes of code and an arena of
// 22,820 bytes for this model on a Cortex-M4.
TEST(Cost, KeywordSpottingOnCortexM4) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const Board& board = find_board("mps2-an386");
  const Model model = compile_for(board, "mlcommons-tiny/keyword_spotting/kws_ref_model");
  const BenchReport code = bench(board, model, {Engine::code, 1, "-O2"});
  const BenchReport vm = bench(board, model, {Engine::vm, 1, "-O2"});
  EXPECT_LE(*code.instructions, 3'800'000);
  EXPECT_LE(static_cast<double>(*vm.instructions), 1.08 * static_cast<double>(*code.instructions));
  EXPECT_LE(*vm.load_instructions, 4'800);
  for (const BenchReport& report : {code, vm}) {
    EXPECT_LE(report.arena_bytes, 16'000);
    EXPECT_LE(*report.code_bytes, 30'000);
    int64_t sum = 0;
    for (const BenchOp& op : report.ops) sum += *op.instructions;
    EXPECT_LE(std::abs(sum - *report.instructions), ops_sum_tolerance(report.ops.size()));
  }
}

// Where the measured table of costs (`mote tune`) chooses other kernels than their own estimates
// do, no model of the suite gets slower by it.
TEST(Cost, MeasuredChoicesAreNoSlowerThanEstimatedOnes) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  BenchOptions options;
  options.ops = false;
  for (const SuiteModel& model : find_suite("mlperf-tiny")) {
    ir::Graph graph = tflite::import_tflite(mirror::models().at(std::string(model.path)),
                                            std::string(model.name));
    run_passes(graph);
    for (const std::string_view name : suite_boards()) {
      const Board& board = find_board(name);
      CompileOptions measured, estimated;
      measured.target = estimated.target = board.target();
      ASSERT_FALSE(measured.target.costs.empty()) << name;
      estimated.target.costs.clear();
      const bool same = std::ranges::all_of(graph.nodes, [&](const ir::Node& node) {
        return ir::lower(graph, node, measured.target).kernel ==
               ir::lower(graph, node, estimated.target).kernel;
      });
      if (same) continue;
      EXPECT_LE(*bench(board, Model(compile(graph, measured)), options).instructions,
                *bench(board, Model(compile(graph, estimated)), options).instructions)
          << model.name << " on " << name;
    }
  }
}

struct RamGoal {
  const char* model;
  int64_t arena_bytes;
};

// A plan for RAM may take 1.35 times the instructions of the latency plan.
TEST(Cost, PlansForRamOnCortexM4) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const Board& board = find_board("mps2-an386");
  for (const RamGoal& goal :
       {RamGoal{"mlcommons-tiny/keyword_spotting/kws_ref_model", 8'448},
        RamGoal{"mlcommons-tiny/image_classification/pretrainedResnet_quant", 20'000}}) {
    BenchOptions options;
    options.ops = false;
    const BenchReport latency = bench(board, compile_for(board, goal.model), options);
    const BenchReport ram =
        bench(board, compile_for(board, goal.model, {plan::Optimize::ram, true}), options);
    EXPECT_LE(ram.arena_bytes, goal.arena_bytes) << goal.model;
    EXPECT_LE(static_cast<double>(*ram.instructions),
              1.35 * static_cast<double>(*latency.instructions))
        << goal.model;
    EXPECT_EQ(ram.output, latency.output) << goal.model;
  }
}

}  // namespace
}  // namespace mote::lab

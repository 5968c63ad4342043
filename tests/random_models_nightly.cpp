// Ten thousand random models: reference kernels against packages in the virtual machine, and
// against emitted C++, compiled by the host's compiler. MOTE_GRAPH_SEED replays one of the latter.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "compiler/emit/cpp_source.hpp"
#include "compiler/random_models_trial.hpp"
#include "lab/process.hpp"

namespace mote {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t models = 10000;
constexpr uint32_t emitted_at_once = 40;  // in one translation unit

TEST(RandomModels, TenThousandAgreeInAllKernels) {
  for (uint32_t seed = 1; seed <= models; ++seed) expect_agreement(seed, seed % 5 != 0);
}

// A program that computes some models, one after another: it reads the inputs of all inferences
// and writes the outputs.
class EmittedModels {
 public:
  explicit EmittedModels(uint32_t number)
      : folder_(fs::temp_directory_path() /
                ("mote_emitted_" + std::to_string(getpid()) + "_" + std::to_string(number))) {
    fs::create_directories(folder_);
  }
  ~EmittedModels() { fs::remove_all(folder_); }
  EmittedModels(const EmittedModels&) = delete;
  EmittedModels& operator=(const EmittedModels&) = delete;

  void add(uint32_t seed, const ir::Graph& graph, const ir::Target& target) {
    const plan::Plan plan = compiled_for(graph, target).plan;
    const std::string name = "model" + std::to_string(seed);
    const emit::CppSource source = emit::write_cpp(plan, name);
    write(name + ".hpp", source.header);
    write(name + ".cpp", source.source);
    includes_ += "#include \"" + name + ".cpp\"\n";
    for (const auto& bytes : reference_outputs(graph)) {
      expected_.insert(expected_.end(), bytes.begin(), bytes.end());
      ends_.push_back({seed, expected_.size()});
    }
    calls_ += "  {\n    static uint8_t arena[" + name +
              "::arena_bytes + 16] "
              "__attribute__((aligned(16)));\n    " +
              name + "::reset(arena);\n";
    calls_ += "    for (int i = 0; i < " + std::to_string(random_model_inferences) + "; ++i) {\n";
    for (size_t i = 0; i < plan.inputs.size(); ++i) calls_ += port(name, "take", "input", i);
    calls_ += "      " + name + "::invoke(arena);\n";
    for (size_t i = 0; i < plan.outputs.size(); ++i) calls_ += port(name, "give", "output", i);
    calls_ += "    }\n  }\n";
    for (uint32_t step = 1; step <= random_model_inferences; ++step) {
      for (const auto& bytes : seeded_inputs(graph, step)) {
        inputs_.insert(inputs_.end(), bytes.begin(), bytes.end());
      }
    }
  }

  void expect_agreement() {
    write("inputs", {inputs_.begin(), inputs_.end()});
    write("main.cpp", "#include <cstdio>\n" + includes_ +
                          "\nstatic FILE* in = fopen(\"inputs\", \"rb\");\n"
                          "static FILE* out = fopen(\"outputs\", \"wb\");\n"
                          "static void take(void* to, size_t bytes) {\n"
                          "  if (fread(to, 1, bytes, in) != bytes) __builtin_trap();\n}\n"
                          "static void give(void* from, size_t bytes) {\n"
                          "  if (fwrite(from, 1, bytes, out) != bytes) __builtin_trap();\n}\n"
                          "int main() {\n" +
                          calls_ + "  return fclose(out);\n}\n");
    const auto built =
        lab::run_process({"g++", "-std=c++14", "-O1", "-ffp-contract=off", "-fwrapv", "-I",
                          MOTE_SOURCE_DIR, "-I", ".", "main.cpp", "-o", "models"},
                         folder_, std::chrono::minutes(20));
    ASSERT_EQ(built.exit_code, 0) << built.errors.substr(0, 2000);
    const auto ran = lab::run_process({"./models"}, folder_, std::chrono::minutes(2));
    ASSERT_EQ(ran.exit_code, 0);
    std::ifstream stream(folder_ / "outputs", std::ios::binary);
    const std::vector<char> got{std::istreambuf_iterator<char>(stream),
                                std::istreambuf_iterator<char>()};
    ASSERT_EQ(got.size(), expected_.size());
    size_t begin = 0;
    for (const auto& [seed, end] : ends_) {
      EXPECT_EQ(std::memcmp(got.data() + begin, expected_.data() + begin, end - begin), 0)
          << "MOTE_GRAPH_SEED=" << seed << " as emitted source";
      begin = end;
    }
  }

 private:
  static std::string port(const std::string& name, const char* call, const char* role, size_t i) {
    const std::string port = name + "::" + role + "_" + std::to_string(i);
    return std::string("      ") + call + "(" + port + "(arena), " + port + "_bytes);\n";
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  struct End {
    uint32_t seed;
    size_t end;  // in expected_
  };
  const fs::path folder_;
  std::string includes_, calls_;
  std::vector<uint8_t> inputs_, expected_;
  std::vector<End> ends_;
};

void expect_agreement_as_source(uint32_t first, uint32_t count) {
  const auto targets = random_model_targets();
  EmittedModels batch(first);
  for (uint32_t seed = first; seed < first + count; ++seed) {
    ir::Graph graph = random_graph(seed, {.integers = seed % 5 != 0});
    if (graph.tensor(graph.inputs[0]).dtype != ir::DType::i8) run_passes(graph);
    batch.add(seed, graph, targets[seed / 5 % targets.size()]);
  }
  batch.expect_agreement();
}

TEST(RandomModels, AgreeAsEmittedSource) {
  if (const char* one = std::getenv("MOTE_GRAPH_SEED")) {
    return expect_agreement_as_source(static_cast<uint32_t>(std::strtoul(one, nullptr, 10)), 1);
  }
  for (uint32_t first = 1; first <= models; first += emitted_at_once) {
    expect_agreement_as_source(first, emitted_at_once);
  }
}

}  // namespace
}  // namespace mote

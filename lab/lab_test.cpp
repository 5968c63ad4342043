#include <gtest/gtest.h>

#include <random>

#include "lab/batch.hpp"
#include "lab/bench.hpp"
#include "lab/process.hpp"
#include "lab/qemu.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {
namespace {

using ir::DType;
using ir::Graph;
using ir::TensorId;
using testing::Test;

const std::vector<std::string_view> emulated{"mps2-an385", "mps2-an386", "mps2-an500",
                                             "mps3-an547"};

// Firmware of one hand-written source file; returns what boot() returns.
std::string boot_text(const Board& board, const std::string& text,
                      std::chrono::seconds time_max = std::chrono::seconds(60)) {
  FirmwareRequest request;
  request.sources = {{"main.cpp", text, {}, {}}};
  const ScratchFolder folder;
  return boot(board, {build_firmware(board, request), folder.path(), {}, time_max});
}

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const LabError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Board, UnknownNameListsTheKnownOnes) {
  EXPECT_NE(error_of([] { find_board("arduino"); }).find("mps2-an386"), std::string::npos);
  EXPECT_EQ(boards().back().name, "host");
}

TEST(Process, ReportsOutputCodeAndTimeLimit) {
  const auto echo =
      run_process({"sh", "-c", "echo out; echo err >&2; exit 3"}, "/", std::chrono::seconds(10));
  EXPECT_EQ(echo.output, "out\n");
  EXPECT_EQ(echo.errors, "err\n");
  EXPECT_EQ(echo.exit_code, 3);
  const auto slow = run_process({"sh", "-c", "sleep 30 & sleep 30"}, "/", std::chrono::seconds(1));
  EXPECT_TRUE(slow.timed_out);
  EXPECT_THROW(run_process({"no-such-program-at-all"}, "/", std::chrono::seconds(1)), LabError);
}

TEST(Qemu, SaysWhatTheFirmwareSaid) {
  for (const auto name : emulated) {
    EXPECT_EQ(boot_text(find_board(name), R"(#include "device/ports/qemu-mps2/board.hpp"
int main() { mote::board::debug_write("hello"); return 0; })"),
              "hello")
        << name;
  }
}

TEST(Qemu, FaultExitCodeAndHangAreErrors) {
  const Board& board = find_board("mps2-an386");
  const std::string fault =
      error_of([&] { boot_text(board, "int main() { asm volatile(\"udf #0\"); return 0; }"); });
  EXPECT_NE(fault.find("fault: pc="), std::string::npos) << fault;
  const std::string code = error_of([&] { boot_text(board, "int main() { return 7; }"); });
  EXPECT_NE(code.find("exit code 7"), std::string::npos) << code;
  const std::string hang = error_of([&] {
    boot_text(board, "int main() { for (;;) asm volatile(\"\"); }", std::chrono::seconds(1));
  });
  EXPECT_NE(hang.find("did not end within 1 s"), std::string::npos) << hang;
}

TEST(Build, CompilerErrorsNameTheFile) {
  const std::string error =
      error_of([] { boot_text(find_board("mps2-an385"), "int main() { return nothing; }"); });
  EXPECT_NE(error.find("main.cpp"), std::string::npos) << error;
  EXPECT_NE(error.find("nothing"), std::string::npos) << error;
}

// Ten thousand times two instructions: the count must be exact to one.
TEST(Qemu, CountsInstructionsExactly) {
  for (const auto name : emulated) {
    const Board& board = find_board(name);
    const std::string text = boot_text(board, R"(
#include "device/ports/qemu-mps2/board.hpp"
static void put(unsigned value) {
  char text[12] = {};
  int at = 11;
  do { text[--at] = char('0' + value % 10); value /= 10; } while (value != 0);
  mote::board::debug_write(text + at);
  mote::board::debug_write(" ");
}
template <int n> __attribute__((noinline)) unsigned loop() {
  unsigned count = n;
  const unsigned start = mote::board::ticks();
  asm volatile("1: subs %0, %0, #1\n\tbne 1b" : "+r"(count) : : "cc");
  return mote::board::ticks() - start;
}
int main() { put(loop<10000>()); put(loop<20000>()); put(mote::board::ticks_hz()); return 0; }
)");
    std::istringstream fields(text);
    uint64_t ten = 0, twenty = 0, hz = 0;
    fields >> ten >> twenty >> hz;
    EXPECT_NEAR(instructions_of_ticks(board, twenty - ten, hz), 20000.0, 1.0) << name;
  }
}

// 24 -> 32 -> 8, fully connected.
Graph small_network(uint32_t seed) {
  std::mt19937 random(seed);
  Graph graph;
  graph.name = "small";
  TensorId x = graph.add_tensor({"x", DType::i8, {1, 24}, {{0.02f}, {3}, -1}, false, {}});
  graph.inputs = {x};
  int32_t in = 24;
  for (const int32_t out : {32, 8}) {
    std::vector<int8_t> weights(static_cast<size_t>(in * out));
    for (int8_t& w : weights) w = static_cast<int8_t>(static_cast<int>(random() % 255) - 127);
    std::vector<int32_t> bias(static_cast<size_t>(out));
    for (int32_t& b : bias) b = static_cast<int32_t>(random() % 2000) - 1000;
    const TensorId w = graph.add_constant("weights", DType::i8, {out, in}, weights);
    graph.tensor(w).quantization = {{0.01f}, {0}, -1};
    const TensorId b = graph.add_constant("bias", DType::i32, {out}, bias);
    x = graph.add_node("fully_connected", {x, w, b}, {{"activation", std::string("relu")}}).front();
    graph.tensor(x).quantization = {{0.05f}, {-128}, -1};
    in = out;
  }
  graph.outputs = {x};
  return graph;
}

Model small_model(const Board& board) {
  CompileOptions options;
  options.target = board.target();
  return Model(compile(small_network(5), options));
}

TEST(Bench, BothEnginesGiveTheHostsBytes) {
  for (const auto name : {"mps2-an385", "mps2-an386", "host"}) {
    const Board& board = find_board(name);
    const Model model = small_model(board);
    const Batch expected = run_batch(find_board("host"), model.package(), model.generate_input(1));
    for (const Engine engine : {Engine::code, Engine::vm}) {
      const BenchReport report = bench(board, model, {engine, 1, "-O2"});
      EXPECT_EQ(report.output, expected.outputs) << board.name;
      EXPECT_EQ(report.arena_bytes, model.arena_bytes());
      ASSERT_EQ(report.ops.size(), 2u);
      EXPECT_EQ(report.ops[0].macs, 24 * 32);
      if (board.is_host()) {
        EXPECT_FALSE(report.instructions);
        continue;
      }
      const int64_t sum = *report.ops[0].instructions + *report.ops[1].instructions;
      EXPECT_NEAR(static_cast<double>(sum), static_cast<double>(*report.instructions),
                  static_cast<double>(ops_sum_tolerance(2)))
          << board.name;
      EXPECT_GT(*report.instructions, 1024);
      EXPECT_GT(*report.code_bytes, 100);
      EXPECT_LT(*report.code_bytes, 8000);
      EXPECT_GE(*report.data_bytes, 1024 + 3 * 4 * 40);
      EXPECT_GT(*report.stack_bytes, 0);
      EXPECT_LT(*report.stack_bytes, 2000);
    }
  }
}

TEST(Bench, CountsRepeatExactly) {
  const Board& board = find_board("mps2-an386");
  const Model model = small_model(board);
  const BenchReport first = bench(board, model, {});
  const BenchReport second = bench(board, model, {});
  EXPECT_EQ(first.instructions, second.instructions);
  EXPECT_EQ(first.ops[0].instructions, second.ops[0].instructions);
}

TEST(Bench, PackageAloneRunsInTheVmOnly) {
  const Board& board = find_board("mps2-an386");
  const Model model(small_model(board).package(), "small.mote");
  EXPECT_NE(error_of([&] { bench(board, model, {}); }).find("--engine vm"), std::string::npos);
  const BenchReport report = bench(board, model, {Engine::vm, 1, "-O2"});
  EXPECT_EQ(report.ops.size(), 2u);
}

TEST(Batch, BoardsGiveTheHostsBytesForEveryWindow) {
  constexpr uint32_t windows = 25;
  for (const auto name : emulated) {
    const Board& board = find_board(name);
    const Model model = small_model(board);
    std::vector<uint8_t> input;
    for (uint32_t seed = 1; seed <= windows; ++seed) {
      const auto window = model.generate_input(seed);
      input.insert(input.end(), window.begin(), window.end());
    }
    const Batch host = run_batch(find_board("host"), model.package(), input);
    const Batch batch = run_batch(board, model.package(), input, {2, std::chrono::seconds(60)});
    EXPECT_EQ(batch.outputs, host.outputs) << name;
    EXPECT_EQ(batch.instructions.size(), windows);
  }
}

TEST(Batch, RefusesPartialWindowsAndForeignBytes) {
  const Board& board = find_board("mps2-an386");
  const Model model = small_model(board);
  const std::vector<uint8_t> window(25);
  EXPECT_THROW(run_batch(board, model.package(), window), LabError);
  EXPECT_THROW(run_batch(board, window, window), LabError);
}

}  // namespace
}  // namespace mote::lab

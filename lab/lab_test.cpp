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

std::vector<std::string_view> emulated_boards() {
  std::vector<std::string_view> names;
  for (const Board& board : boards()) {
    if (board.counts()) names.push_back(board.name);
  }
  return names;
}
const std::vector<std::string_view> emulated = emulated_boards();

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
  EXPECT_EQ(emulated.size(), 7u);
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
    EXPECT_EQ(boot_text(find_board(name), R"(#include "device/ports/qemu/board.hpp"
int main() { mote::board::debug_write("hello"); return 0; })"),
              "hello")
        << name;
  }
}

TEST(Qemu, FaultExitCodeAndHangAreErrors) {
  for (const auto& [name, undefined] : {std::pair{"mps2-an386", "udf #0"},
                                        {"mps2-an505", "udf #0"},
                                        {"mps2-m0plus", "udf #0"},
                                        {"riscv-virt", "unimp"}}) {
    const std::string text =
        std::string("int main() { asm volatile(\"") + undefined + "\"); return 0; }";
    const std::string fault = error_of([&, on = name] { boot_text(find_board(on), text); });
    EXPECT_NE(fault.find("fault: pc="), std::string::npos) << name << ": " << fault;
  }
  const Board& board = find_board("mps2-an386");
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
#include "device/ports/qemu/board.hpp"
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
#ifdef __riscv
  asm volatile("1: addi %0, %0, -1\n\tbnez %0, 1b" : "+r"(count));
#else
  asm volatile(".syntax unified\n1: subs %0, %0, #1\n\tbne 1b" : "+l"(count) : : "cc");
#endif
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

// Encodings as the assembler gives them (arm-none-eabi-as).
TEST(CountClasses, TellsInstructionsApart) {
  using enum InstructionClass;
  struct Case {
    uint16_t first, second;
    InstructionClass kind;
    int registers;
  };
  const Case cases[] = {
      {0x1840, 0, alu, 0},                       // adds r0, r0, r1
      {0x4348, 0, multiply, 0},                  // muls r0, r1
      {0x4770, 0, branch, 0},                    // bx lr
      {0x6808, 0, load, 1},                      // ldr r0, [r1]
      {0x5608, 0, load, 1},                      // ldrsb r0, [r1, r0]
      {0x7008, 0, store, 1},                     // strb r0, [r1]
      {0xb570, 0, store_multiple, 4},            // push {r4, r5, r6, lr}
      {0xbd70, 0, load_multiple, 4},             // pop {r4, r5, r6, pc}
      {0xc90f, 0, load_multiple, 4},             // ldmia r1!, {r0-r3}
      {0xd1fd, 0, branch, 0},                    // bne
      {0xbf18, 0, alu, 0},                       // it ne
      {0xbf00, 0, other, 0},                     // nop
      {0xf851, 0x0b04, load, 1},                 // ldr r0, [r1], #4
      {0xf841, 0x0b04, store, 1},                // str r0, [r1], #4
      {0xe9d1, 0x0200, load_multiple, 2},        // ldrd r0, r2, [r1]
      {0xe8b1, 0x000f, load_multiple, 4},        // ldmia.w r1!, {r0-r3}
      {0xe8df, 0xf000, branch, 0},               // tbb [pc, r0]
      {0xfb21, 0x0002, multiply_accumulate, 0},  // smlad r0, r1, r2, r0
      {0xfb51, 0xf012, multiply, 0},             // smmulr r0, r1, r2
      {0xfb81, 0x2003, multiply_long, 0},        // smull r2, r0, r1, r3
      {0xfb91, 0xf0f2, divide, 0},               // sdiv r0, r1, r2
      {0xfa2f, 0xf081, alu, 0},                  // sxtb16 r0, r1
      {0xf000, 0xf800, branch, 0},               // bl
      {0xf3bf, 0x8f5f, other, 0},                // dmb sy
      {0xed91, 0x0a00, load, 1},                 // vldr s0, [r1]
      {0xee30, 0x0a20, fp, 0},                   // vadd.f32 s0, s0, s1
      {0xee00, 0x0a81, fp_accumulate, 0},        // vmla.f32 s0, s1, s2
      {0xee80, 0x0aa1, fp_divide, 0},            // vdiv.f32 s0, s1, s3
      {0xeeb1, 0x0ae0, fp_divide, 0},            // vsqrt.f32 s0, s1
  };
  for (const Case& c : cases) {
    const Instruction got = classify_thumb(c.first, c.second);
    EXPECT_EQ(instruction_class_names[static_cast<int>(got.kind)],
              std::string(instruction_class_names[static_cast<int>(c.kind)]))
        << std::hex << c.first << " " << c.second;
    EXPECT_EQ(got.registers, c.registers) << std::hex << c.first << " " << c.second;
  }
}

TEST(CountClasses, SumIsTheInstructionCount) {
  for (const auto name : emulated) {
    const Board& board = find_board(name);
    if (!board.runs_thumb()) continue;
    const Model model = small_model(board);
    for (const Engine engine : {Engine::code, Engine::vm}) {
      const BenchReport report = bench(board, model, {engine, 1, "-O2", false, true});
      ASSERT_TRUE(report.classes);
      // The call before the window's first instruction, and the return after its last.
      EXPECT_NEAR(static_cast<double>(report.classes->instructions()),
                  static_cast<double>(*report.instructions), 4.0)
          << name;
      EXPECT_GT(report.classes->words_loaded, 100u) << name;  // vectors are not in it
      EXPECT_EQ(report.cycles.has_value(), cycle_model(name).has_value());
      EXPECT_GT(report.cycles.value_or(1e9), 0.5 * static_cast<double>(*report.instructions));
    }
  }
  EXPECT_FALSE(cycle_model("mps3-an547"));
  for (const auto name : {"host", "riscv-virt"}) {
    EXPECT_NE(error_of([name] {
                const Board& board = find_board(name);
                bench(board, small_model(board), {Engine::code, 1, "-O2", false, true});
              }).find("Cortex-M boards only"),
              std::string::npos)
        << name;
  }
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

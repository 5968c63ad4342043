// State from one inference to the next, in the interpreter and in the virtual machine.
#include <gtest/gtest.h>

#include "compiler/compile.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

struct alignas(16) Block {
  uint8_t bytes[16];
};

using Values = std::vector<int32_t>;

// Feeds x step by step; every output must be the expected one, also after a reset.
void expect_steps(const std::string& text, const std::vector<Values>& x,
                  const std::vector<Values>& expected, size_t ops) {
  const ir::Graph graph = ir::parse_text(text);
  ir::verify(graph);
  EXPECT_EQ(ir::print_text(graph), text) << "the text form keeps variables";
  Interpreter interpreter(graph, host_target());
  CompileOptions options;
  options.target = host_target();
  const Compiled compiled = compile(graph, options);
  EXPECT_EQ(compiled.plan.ops.size(), ops);
  std::vector<Block> flash(compiled.package.size() / 16 + 1);
  std::memcpy(flash.data(), compiled.package.data(), compiled.package.size());
  Vm vm;
  ASSERT_EQ(vm.load({flash[0].bytes, compiled.package.size()}, board_kernels), Status::ok);
  std::vector<Block> memory(vm.arena_bytes() / 16 + 1, Block{{0xa5}});
  const Bytes arena{memory[0].bytes, vm.arena_bytes()};
  for (int round = 0; round < 2; ++round) {
    interpreter.reset();
    ASSERT_EQ(vm.reset(arena), Status::ok);
    for (size_t step = 0; step < x.size(); ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step);
      std::vector<uint8_t> bytes(x[step].size() * 4);
      std::memcpy(bytes.data(), x[step].data(), bytes.size());
      interpreter.run(std::vector<std::vector<uint8_t>>{bytes});
      const auto mine = interpreter.bytes(graph.outputs[0]);
      EXPECT_EQ(values_of<int32_t>({mine.begin(), mine.end()}), expected[step]);
      std::memcpy(vm.input(0, arena.data).data, bytes.data(), bytes.size());
      ASSERT_EQ(vm.run(arena), Status::ok);
      const Bytes output = vm.output(0, arena.data);
      EXPECT_EQ(values_of<int32_t>({output.data, output.data + output.size}), expected[step]);
    }
  }
  EXPECT_EQ(vm.self_test(arena), Status::ok);
}

// The value that was read is wanted after the variable is written, so it is copied.
TEST(Variables, AValueOutlivesItsVariable) {
  expect_steps(
      "graph \"delay\"\n"
      "tensor %0 \"x\" i32 [2]\n"
      "tensor %1 \"v\" i32 [2] variable = [5, -6]\n"
      "tensor %2 \"old\" i32 [2]\n"
      "input %0\n"
      "node %2 = read_variable(%1)\n"
      "node %1 = assign_variable(%0)\n"
      "output %2\n",
      {{1, 2}, {3, 4}, {0, 0}}, {{5, -6}, {1, 2}, {3, 4}}, 2);
}

// Read, used, then written: reading costs nothing. All bytes are equal at first: no image is kept.
TEST(Variables, ReadingIsFree) {
  expect_steps(
      "graph \"largest\"\n"
      "tensor %0 \"x\" i32 [2]\n"
      "tensor %1 \"v\" i32 [2] variable = [0, 0]\n"
      "tensor %2 \"old\" i32 [2]\n"
      "tensor %3 \"y\" i32 [2]\n"
      "input %0\n"
      "node %2 = read_variable(%1)\n"
      "node %3 = maximum(%2, %0)\n"
      "node %1 = assign_variable(%3)\n"
      "output %3\n",
      {{1, -2}, {-3, 4}, {0, 7}}, {{1, 0}, {1, 4}, {1, 7}}, 2);
}

TEST(Variables, AreNeitherInputsNorConstants) {
  ir::Graph graph = ir::parse_text(
      "graph \"g\"\n"
      "tensor %0 \"v\" i32 [1] variable = [1]\n"
      "tensor %1 \"y\" i32 [1]\n"
      "node %1 = read_variable(%0)\n"
      "output %1\n");
  ir::verify(graph);
  graph.inputs = {0};
  EXPECT_THROW(ir::verify(graph), ir::GraphError);
  graph.inputs = {};
  graph.tensor(0).constant = true;
  EXPECT_THROW(ir::verify(graph), ir::GraphError);
}

}  // namespace
}  // namespace mote

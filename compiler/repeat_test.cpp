// Packages whose ops run several times: what the virtual machine refuses of them.

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "compiler/compile.hpp"
#include "compiler/interpret.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace package;

// Four 3 x 3 layers with a smaller one at the end, so that bands pay.
ir::Graph network() {
  TrialRandom random(3);
  ir::Graph graph;
  graph.name = "bands";
  const ir::Quantization q{{0.1f}, {-5}, -1};
  ir::TensorId x = graph.add_tensor({"x", ir::DType::i8, {1, 32, 12, 8}, q, false, {}, false});
  graph.inputs = {x};
  for (const int64_t stride : {1, 1, 2, 2}) {
    const auto w = add_trial_weights(graph, random, {8, 3, 3, 8}, 0);
    x = graph.add_node("conv2d", {x, w[0], w[1]},
                       {{"stride_h", stride},
                        {"stride_w", stride},
                        {"padding", std::string("same")},
                        {"activation", std::string("none")}})[0];
    graph.tensor(x).quantization = q;
  }
  graph.outputs = {x};
  return graph;
}

Compiled compiled(bool pieces = true) {
  CompileOptions options;
  options.target = host_target();
  options.planning = {plan::Optimize::ram, pieces};
  return compile(network(), options);
}

struct alignas(16) Block {
  uint8_t bytes[16];
};

// A package in aligned memory, with its sections as arrays that can be written.
class Mutable {
 public:
  explicit Mutable(const std::vector<uint8_t>& package)
      : blocks_(package.size() / 16 + 1), size_(package.size()) {
    std::memcpy(blocks_[0].bytes, package.data(), size_);
  }
  Header& header() { return *reinterpret_cast<Header*>(blocks_[0].bytes); }
  template <class T>
  T* section(const Section& s) {
    return reinterpret_cast<T*>(blocks_[0].bytes + s.offset);
  }
  Repeat& repeat(size_t i) { return section<Repeat>(header().repeats)[i]; }
  size_t repeat_count() { return header().repeats.bytes / sizeof(Repeat); }
  Op& op(size_t i) { return section<Op>(header().ops)[i]; }
  OperandRef& operand(size_t i) { return section<OperandRef>(header().operands)[i]; }
  uint32_t& step(size_t i) { return section<uint32_t>(header().steps)[i]; }
  Port& port(size_t i) { return section<Port>(header().ports)[i]; }

  // The first op of the package, and of a loop, that takes rows from the caller.
  size_t piece(bool in_loop) {
    const size_t from = in_loop ? repeat(0).first_op : 0;
    for (size_t i = from;; ++i) {
      if (op(i).kernel == kernel_input_piece) return i;
    }
  }
  // Index into steps of the k-th operand of an op in the first loop.
  size_t step_index(size_t op_index, size_t k) {
    return repeat(0).first_step + op(op_index).first_operand -
           op(repeat(0).first_op).first_operand + k;
  }

  Status load() {
    Vm vm;
    return vm.load({blocks_[0].bytes, size_}, board_kernels);
  }
  Bytes bytes() { return {blocks_[0].bytes, size_}; }

 private:
  std::vector<Block> blocks_;
  size_t size_;
};

TEST(Repeat, BandsAreChosenAndHaveTheLatencyPlansBits) {
  CompileOptions latency;
  latency.target = host_target();
  const Compiled whole = compile(network(), latency);
  for (const bool pieces : {false, true}) {
    const Compiled bands = compiled(pieces);
    EXPECT_LT(bands.plan.arena_bytes, whole.plan.arena_bytes);
    EXPECT_FALSE(bands.plan.repeats.empty());
    EXPECT_EQ(bands.plan.inputs[0].piece_bytes > 0, pieces);
    Mutable flash(bands.package), flash_whole(whole.package);
    Vm vm, vm_whole;
    ASSERT_EQ(vm.load({flash.bytes().data, flash.bytes().size}, board_kernels), Status::ok);
    ASSERT_EQ(vm_whole.load({flash_whole.bytes().data, flash_whole.bytes().size}, board_kernels),
              Status::ok);
    EXPECT_EQ(flash.header().golden_checksum, flash_whole.header().golden_checksum);
    std::vector<Block> arena(vm.arena_bytes() / 16);
    EXPECT_EQ(vm.self_test({arena[0].bytes, arena.size() * 16}), Status::ok);
  }
}

struct Fault {
  const char* what;
  std::function<void(Mutable&)> make;
};

TEST(Repeat, MalformedPackagesAreRefused) {
  const std::vector<uint8_t> package = compiled().package;
  ASSERT_EQ(Mutable(package).load(), Status::ok);
  ASSERT_GE(Mutable(package).repeat_count(), 1u);
  const Fault faults[] = {
      {"ops behind the last", [](Mutable& m) { m.repeat(0).first_op = UINT32_MAX - 1; }},
      {"more ops than there are", [](Mutable& m) { m.repeat(0).op_count = UINT32_MAX; }},
      {"no op", [](Mutable& m) { m.repeat(0).op_count = 0; }},
      {"no time", [](Mutable& m) { m.repeat(0).times = 0; }},
      {"for ever", [](Mutable& m) { m.repeat(0).times = UINT32_MAX; }},
      {"more calls than an inference has",
       [](Mutable& m) { m.repeat(0).times = op_runs_max / m.repeat(0).op_count + 1; }},
      {"once more than the arena allows", [](Mutable& m) { m.repeat(0).times += 1000; }},
      {"steps behind the last", [](Mutable& m) { m.repeat(0).first_step = UINT32_MAX; }},
      {"too few steps", [](Mutable& m) { m.header().steps.bytes = 4; }},
      {"half a repeat", [](Mutable& m) { m.header().repeats.bytes = 8; }},
      {"operands apart", [](Mutable& m) { ++m.op(m.repeat(0).first_op + 1).first_operand; }},
      {"a step that is no word", [](Mutable& m) { m.step(m.step_index(m.piece(true), 0)) = 2; }},
      {"a step out of the arena",
       [](Mutable& m) { m.step(m.step_index(m.piece(true), 0)) = 0x10000; }},
      {"a step that wraps",
       [](Mutable& m) { m.step(m.step_index(m.piece(true), 0)) = 0xfffffffc; }},
      {"a step of a constant",
       [](Mutable& m) {
         for (size_t i = m.repeat(0).first_op;; ++i) {
           for (size_t k = 0; k < m.op(i).operand_count; ++k) {
             if (!m.operand(m.op(i).first_operand + k).is_constant()) continue;
             m.step(m.step_index(i, k)) = 4;
             return;
           }
         }
       }},
      {"scratch that moves over an operand",
       [](Mutable& m) {
         for (size_t i = m.repeat(0).first_op;; ++i) {
           if (m.op(i).kernel == kernel_input_piece || m.op(i).operand_count < 4) continue;
           m.step(m.step_index(i, m.op(i).operand_count - 1u)) = 4;
           m.operand(m.op(i).first_operand + m.op(i).operand_count - 1u).place =
               m.operand(m.op(i).first_operand).place;
           return;
         }
       }},
      {"a piece outside of the arena",
       [](Mutable& m) { m.operand(m.op(m.piece(false)).first_operand).place = 0x7ffffffc; }},
      {"a piece in the constants",
       [](Mutable& m) {
         m.operand(m.op(m.piece(false)).first_operand).place = operand_is_constant;
       }},
      {"a piece larger than the arena",
       [](Mutable& m) { m.operand(m.op(m.piece(false)).first_operand).bytes = UINT32_MAX; }},
      {"a piece of two operands", [](Mutable& m) { m.op(m.piece(false)).operand_count = 2; }},
      {"a piece without operand",
       [](Mutable& m) { m.op(m.piece(false)).first_operand = UINT32_MAX; }},
      {"pieces of more than the input", [](Mutable& m) { m.port(0).bytes = 64; }},
      {"pieces of an input in the arena", [](Mutable& m) { m.port(0).flags = 0; }},
      {"an output in pieces", [](Mutable& m) { m.port(1).flags = port_in_pieces; }},
      {"unknown flags", [](Mutable& m) { m.port(0).flags = 6; }},
      {"an input in pieces that lies somewhere", [](Mutable& m) { m.port(0).arena_offset = 16; }},
  };
  for (const Fault& fault : faults) {
    Mutable m(package);
    fault.make(m);
    EXPECT_NE(m.load(), Status::ok) << fault.what;
  }
}

TEST(Repeat, RepeatsOutOfOrderAreRefused) {
  const std::vector<uint8_t> package = compiled().package;
  Mutable m(package);
  // Two halves of the first repeat, the later first, in the place of the steps' tail.
  const Repeat whole = m.repeat(0);
  std::vector<uint8_t> longer = package;
  longer.resize((longer.size() + 15) / 16 * 16 + 2 * sizeof(Repeat), 0);
  Mutable two(longer);
  two.header().total_bytes = static_cast<uint32_t>(longer.size());
  const Section place{static_cast<uint32_t>(longer.size() - 2 * sizeof(Repeat)),
                      2 * sizeof(Repeat)};
  two.header().repeats = place;
  const Repeat first{whole.first_op, 1, 1, whole.first_step};
  const Repeat second{whole.first_op + 1, 1, 1, whole.first_step};
  two.repeat(0) = first;
  two.repeat(1) = second;
  EXPECT_EQ(two.load(), Status::ok);
  two.repeat(0) = second;
  two.repeat(1) = first;
  EXPECT_NE(two.load(), Status::ok);
  two.repeat(0) = first;
  EXPECT_NE(two.load(), Status::ok) << "the same op twice";
}

TEST(Repeat, FlippedBitsNeverEscape) {
  const std::vector<uint8_t> package = compiled().package;
  TrialRandom random(11);
  for (int round = 0; round < 2000; ++round) {
    Mutable m(package);
    Header& header = m.header();
    // Mostly where repeats and operands stand.
    const Section sections[] = {
        header.repeats, header.steps, header.operands, header.ops, {0, sizeof(Header)}};
    const Section& hit = sections[random.between(0, 4)];
    for (int32_t flips = random.between(1, 3); flips > 0; --flips) {
      const int32_t bit = random.between(0, static_cast<int32_t>(hit.bytes) * 8 - 1);
      m.bytes().data[hit.offset + static_cast<uint32_t>(bit / 8)] ^=
          static_cast<uint8_t>(1 << (bit % 8));
    }
    Vm vm;
    if (vm.load({m.bytes().data, m.bytes().size}, board_kernels) != Status::ok) continue;
    if (vm.arena_bytes() > 1 << 20) continue;
    std::vector<Block> arena(vm.arena_bytes() / 16 + 1);
    std::vector<uint8_t> input(1 << 16);
    WholeInput whole{input.data()};
    const InputSource source = whole.source();
    if (vm.package().in_pieces() && vm.package().input(0).bytes > input.size()) continue;
    (void)vm.run({arena[0].bytes, arena.size() * 16}, &source);
  }
}

TEST(Repeat, OverBudgetIsToldWhatBandsWouldNeed) {
  CompileOptions options;
  options.target = host_target();
  options.target.ram_bytes = compiled(false).plan.arena_bytes;
  try {
    (void)compile(network(), options);
    FAIL() << "the latency plan can't fit";
  } catch (const ir::GraphError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("--optimize ram"), std::string::npos) << text;
    EXPECT_NE(text.find(std::to_string(options.target.ram_bytes)), std::string::npos) << text;
  }
  options.planning.optimize = plan::Optimize::ram;
  EXPECT_NO_THROW((void)compile(network(), options));
}

}  // namespace
}  // namespace mote

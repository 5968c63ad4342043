// Chains of random layers in bands, as packages in the virtual machine, against the reference
// kernels on whole tensors, byte for byte. A failure prints the seed.

#include "compiler/plan/chain.hpp"

#include <gtest/gtest.h>

#include "compiler/emit/package.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/plan/choose.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "ops/kernel_trial.hpp"

namespace mote::plan {
namespace {

using ir::DType;
using ir::Graph;
using ir::TensorId;

// Layers one after another, some of them with a shortcut around the two before.
class RandomNetwork {
 public:
  explicit RandomNetwork(uint32_t seed) : random_(seed) {
    graph_.name = "network";
    const ir::Shape shape{1, random_.between(6, 24), random_.between(4, 9), channels()};
    values_.push_back(graph_.add_tensor({"x", DType::i8, shape, q(1), false, {}, false}));
    graph_.inputs = values_;
    const int32_t layers = random_.between(2, 6);
    for (int32_t i = 0; i < layers; ++i) add_layer();
    if (random_.between(0, 2) == 0) add_global_pool();
    graph_.outputs = {values_.back()};
    ir::verify(graph_);
  }

  const Graph& graph() const { return graph_; }
  std::vector<int8_t> input() { return random_.bytes(x().elements(), -128, 127); }

 private:
  const ir::Tensor& x() const { return graph_.tensor(graph_.inputs[0]); }
  const ir::Tensor& last() const { return graph_.tensor(values_.back()); }
  ir::Quantization q(int32_t terms) { return trial_quantization(random_, terms); }
  int32_t channels() { return 4 * random_.between(1, 5); }

  void add(const char* op, const std::vector<TensorId>& inputs, const ir::Attributes& attributes,
           const ir::Quantization& quantization) {
    values_.push_back(graph_.add_node(op, inputs, attributes)[0]);
    graph_.tensor(values_.back()).quantization = quantization;
  }

  ir::Attributes windows(int32_t kernel, int32_t stride) {
    const bool valid =
        kernel <= last().shape[1] && kernel <= last().shape[2] && random_.between(0, 3) == 0;
    return {{"stride_h", int64_t{stride}},
            {"stride_w", int64_t{stride}},
            {"filter_h", int64_t{kernel}},
            {"filter_w", int64_t{kernel}},
            {"padding", std::string(valid ? "valid" : "same")},
            {"activation", trial_activation(random_)}};
  }

  void add_layer() {
    const TensorId from = values_.back();
    const ir::Shape shape = last().shape;
    const int32_t stride = shape[1] >= 4 && random_.between(0, 2) == 0 ? 2 : 1;
    switch (random_.between(0, 4)) {
      case 0:
      case 1: {
        const int32_t kernel = random_.between(0, 1) ? 1 : random_.between(2, 4);
        const auto w =
            add_trial_weights(graph_, random_, {channels(), kernel, kernel, shape[3]}, 0);
        return add("conv2d", {from, w[0], w[1]}, windows(kernel, stride),
                   q(kernel * kernel * shape[3]));
      }
      case 2: {
        const auto w = add_trial_weights(graph_, random_, {1, 3, 3, shape[3]}, 3);
        return add("depthwise_conv2d", {from, w[0], w[1]}, windows(3, stride), q(9));
      }
      case 3: {
        const char* op = random_.between(0, 1) ? "max_pool" : "average_pool";
        return add(op, {from}, windows(random_.between(2, 3), stride),
                   ir::Quantization(last().quantization));
      }
      default:
        if (values_.size() < 3) return;
        if (graph_.tensor(values_[values_.size() - 3]).shape != shape) return;
        return add("add", {from, values_[values_.size() - 3]},
                   {{"activation", trial_activation(random_)}}, q(2));
    }
  }

  void add_global_pool() {
    const ir::Shape& shape = last().shape;
    add("average_pool", {values_.back()},
        {{"stride_h", int64_t{1}},
         {"stride_w", int64_t{1}},
         {"filter_h", int64_t{shape[1]}},
         {"filter_w", int64_t{shape[2]}},
         {"padding", std::string("valid")},
         {"activation", std::string("none")}},
        ir::Quantization(last().quantization));
  }

  TrialRandom random_;
  Graph graph_;
  std::vector<TensorId> values_;
};

std::vector<uint8_t> by_reference(const Graph& graph, const std::vector<int8_t>& x) {
  Interpreter interpreter(graph, {"reference", {Isa::reference}, 0, 0});
  interpreter.run(std::vector<std::vector<uint8_t>>{{x.begin(), x.end()}});
  const auto bytes = interpreter.bytes(graph.outputs[0]);
  return {bytes.begin(), bytes.end()};
}

struct alignas(16) Block {
  uint8_t bytes[16];
};

// The arena is filled with a pattern, and has exactly the bytes that the package asks for.
std::vector<uint8_t> by_package(const std::vector<uint8_t>& package, const std::vector<int8_t>& x) {
  std::vector<Block> flash(package.size() / 16 + 1);
  std::memcpy(flash[0].bytes, package.data(), package.size());
  Vm vm;
  const Status loaded = vm.load({flash[0].bytes, package.size()}, board_kernels);
  EXPECT_EQ(loaded, Status::ok) << status_text(loaded) << " at op " << vm.failed_op();
  if (loaded != Status::ok) return {};
  std::vector<Block> memory(vm.arena_bytes() / 16);
  std::memset(memory.data(), 0xa5, memory.size() * 16);
  const Bytes arena{memory[0].bytes, vm.arena_bytes()};
  WholeInput whole{reinterpret_cast<const uint8_t*>(x.data())};
  const InputSource source = whole.source();
  const Bytes input = vm.input(0, arena.data);
  EXPECT_EQ(input.data == nullptr, vm.package().in_pieces());
  if (input.data != nullptr) std::memcpy(input.data, x.data(), x.size());
  if (input.data == nullptr) {
    EXPECT_EQ(vm.run(arena), Status::invalid_argument);
  }
  EXPECT_EQ(vm.run(arena, &source), Status::ok);
  const Bytes output = vm.output(0, arena.data);
  return {output.begin(), output.end()};
}

std::vector<Isa> isas(uint32_t seed) {
  constexpr Isa own[] = {Isa::reference, Isa::generic, Isa::armv7em, Isa::mve};
  return {Isa::reference, own[seed % 4]};
}

// How many chains were run.
int run_chains(uint32_t seed) {
  RandomNetwork network(seed);
  const Graph& graph = network.graph();
  const std::vector<int8_t> x = network.input();
  const std::vector<uint8_t> expected = by_reference(graph, x);
  const Lowering lowering = lower_all(graph, {"some", isas(seed), 0, 0});
  TrialRandom random(seed + 1000);
  const auto nodes = static_cast<int32_t>(graph.nodes.size());
  if (nodes == 0) return 0;
  int count = 0;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const int32_t first = attempt < 4 ? 0 : random.between(0, nodes - 1);
    const int32_t last = attempt < 4 ? nodes - 1 : random.between(first, nodes - 1);
    const Chain chain{first, last, random.between(1, 5), first == 0 && attempt % 2 == 0};
    auto plan = ChainPlan::make(lowering, chain);
    if (!plan) continue;
    ++count;
    const Choice choice = lay_out(lowering, {*plan});
    const Plan planned = write_plan(lowering, choice);
    EXPECT_EQ(planned.inputs[0].piece_bytes > 0, chain.fed);
    EXPECT_EQ(by_package(emit::write_package(planned), x), expected)
        << "seed " << seed << ", chain " << first << " to " << last << ", band " << chain.band
        << (chain.fed ? ", fed" : "");
    if (testing::Test::HasFailure()) return count;
  }
  return count;
}

TEST(Chain, RandomNetworksInBandsHaveTheReferenceBits) {
  int count = 0;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    count += run_chains(seed);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GE(count, 120) << "hardly any chain was possible";
}

Graph two_convolutions() {
  TrialRandom random(1);
  Graph graph;
  graph.name = "two";
  TensorId x = graph.add_tensor(
      {"x", DType::i8, {1, 6, 5, 8}, trial_quantization(random, 1), false, {}, false});
  graph.inputs = {x};
  for (int i = 0; i < 2; ++i) {
    const auto w = add_trial_weights(graph, random, {8, 3, 3, 8}, 0);
    x = graph.add_node("conv2d", {x, w[0], w[1]},
                       {{"stride_h", int64_t{1}},
                        {"stride_w", int64_t{1}},
                        {"padding", std::string("same")},
                        {"activation", std::string("none")}})[0];
    graph.tensor(x).quantization = trial_quantization(random, 72);
  }
  graph.outputs = {x};
  return graph;
}

// x + x + x, or with a constant of x's size.
Graph float_sums(bool constant) {
  Graph graph;
  graph.name = "sums";
  const ir::Shape shape{1, 6, 2, 3};
  const TensorId x = graph.add_tensor({"x", DType::f32, shape, {}, false, {}, false});
  TensorId other = x;
  if (constant) {
    std::vector<uint8_t> bytes(36 * sizeof(float));
    for (size_t i = 0; i < 36; ++i) {
      const auto value = static_cast<float>(i);
      std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value);
    }
    other = graph.add_tensor({"c", DType::f32, shape, {}, true, bytes, false});
  }
  const ir::Attributes none{{"activation", std::string("none")}};
  const TensorId twice = graph.add_node("add", {x, x}, none)[0];
  graph.inputs = {x};
  graph.outputs = {graph.add_node("add", {twice, other}, none)[0]};
  return graph;
}

TEST(Chain, CutsFlatSumsOfFloats) {
  const Graph graph = float_sums(false);
  const Lowering lowering = lower_all(graph, {"some", {Isa::reference}, 0, 0});
  const auto chain = ChainPlan::make(lowering, {0, 1, 2, false});
  ASSERT_TRUE(chain);
  const Plan plan = write_plan(lowering, lay_out(lowering, {*chain}));
  std::vector<int8_t> x(36 * sizeof(float));
  for (size_t i = 0; i < 36; ++i) {
    const float value = 0.5f * static_cast<float>(i) - 3;
    std::memcpy(x.data() + i * sizeof value, &value, sizeof value);
  }
  EXPECT_EQ(by_package(emit::write_package(plan), x), by_reference(graph, x));
}

TEST(Chain, LeavesConstantsOfManyRowsWhole) {
  const Graph graph = float_sums(true);
  const Lowering lowering = lower_all(graph, {"some", {Isa::reference}, 0, 0});
  EXPECT_FALSE(ChainPlan::make(lowering, {0, 1, 2, false}));
}

// Where a target's table says that a call costs a lot, bands are too slow.
TEST(Choose, CountsByTheTargetsTable) {
  const Graph graph = two_convolutions();
  ir::Target target{"m4", {Isa::armv7em}, 0, 0};
  const auto chains = [&] {
    const Lowering lowering = lower_all(graph, target);
    return choose_chains(lowering, {Optimize::ram, false}).chains.size();
  };
  EXPECT_GT(chains(), 0u);
  target.costs = {{"conv2d_s8_armv7em", 1, 0, 0, 0, 1e6}};
  EXPECT_EQ(chains(), 0u);
}

// A kernel may need scratch for a whole image, and none for the rows of a band.
TEST(Chain, ScratchOfNoBytesIsAnOperandToo) {
  const Graph graph = two_convolutions();
  Lowering lowering = lower_all(graph, {"m4", {Isa::armv7em}, 0, 0});
  ir::KernelInfo kernel = *lowering.ops[0].kernel;
  kernel.entry.check = [](const void*, const uint32_t*) { return Status::ok; };
  lowering.ops[0].kernel = &kernel;
  const auto chain = ChainPlan::make(lowering, {0, 1, 1, false});
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->scratch_bytes(0), 0u);
  const Plan plan = write_plan(lowering, lay_out(lowering, {*chain}));
  EXPECT_EQ(plan.ops[0].operands.back().bytes, 0u);
}

}  // namespace
}  // namespace mote::plan

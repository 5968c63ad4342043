#include "compiler/compile.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "compiler/emit/cpp_source.hpp"
#include "compiler/emit/package.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"

namespace mote {
namespace {

using namespace ir;

TensorId add_layer(Graph& graph, TensorId x, int32_t in, int32_t out, std::mt19937& random) {
  std::vector<int8_t> weights(static_cast<size_t>(in) * static_cast<size_t>(out));
  for (int8_t& w : weights) w = static_cast<int8_t>(static_cast<int>(random() % 255) - 127);
  std::vector<int32_t> bias(static_cast<size_t>(out));
  for (int32_t& b : bias) b = static_cast<int32_t>(random() % 2000) - 1000;
  const TensorId w = graph.add_constant("weights", DType::i8, {out, in}, weights);
  graph.tensor(w).quantization = {{0.01f}, {0}, -1};
  const TensorId b = graph.add_constant("bias", DType::i32, {out}, bias);
  const TensorId y =
      graph.add_node("fully_connected", {x, w, b}, {{"activation", std::string("relu")}}).front();
  graph.tensor(y).quantization = {{0.05f}, {-128}, -1};
  return y;
}

// 10 -> 16 -> 4.
Graph small_network() {
  std::mt19937 random(7);
  Graph graph;
  graph.name = "small";
  const TensorId x = graph.add_tensor({"x", DType::i8, {1, 10}, {{0.02f}, {3}, -1}, false, {}});
  graph.inputs = {x};
  const TensorId hidden = add_layer(graph, x, 10, 16, random);
  graph.outputs = {add_layer(graph, hidden, 16, 4, random)};
  return graph;
}

Target host() {
  return {"host", {Isa::reference}, 0, 0};
}

struct alignas(16) Block {
  uint8_t bytes[16];
};

// A 16-aligned copy of a package.
std::vector<Block> aligned(const std::vector<uint8_t>& bytes) {
  std::vector<Block> blocks((bytes.size() + sizeof(Block) - 1) / sizeof(Block));
  std::memcpy(blocks.data(), bytes.data(), bytes.size());
  return blocks;
}

// real = scale * (stored - zero point), straight from the definition in double precision.
std::vector<double> layer_in_reals(const Graph& graph, const Node& node,
                                   const std::vector<double>& x) {
  const Tensor& w = graph.tensor(node.inputs[1]);
  const Tensor& b = graph.tensor(node.inputs[2]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  const double product = static_cast<double>(graph.tensor(node.inputs[0]).scale()) * w.scale();
  std::vector<double> result;
  for (int32_t o = 0; o < w.shape[0]; ++o) {
    double sum = product * b.values<int32_t>()[static_cast<size_t>(o)];
    for (size_t i = 0; i < x.size(); ++i) {
      sum += x[i] * w.values<int8_t>()[static_cast<size_t>(o) * x.size() + i] * w.scale();
    }
    const double stored = std::round(std::max(sum, 0.0) / y.scale()) + y.zero_point();
    result.push_back((std::min(stored, 127.0) - y.zero_point()) * y.scale());
  }
  return result;
}

TEST(Compile, PackageComputesTheNetwork) {
  const Graph graph = small_network();
  const Compiled compiled = compile(graph, {host(), {}, "{}", 1});
  const auto flash = aligned(compiled.package);
  Vm vm;
  ASSERT_EQ(vm.load({flash[0].bytes, compiled.package.size()}, board_kernels), Status::ok);
  ASSERT_EQ(vm.verify_checksum(), Status::ok);
  std::vector<Block> arena(vm.arena_bytes() / 16 + 1);
  EXPECT_EQ(vm.self_test({arena[0].bytes, arena.size() * 16}), Status::ok);

  std::vector<double> reals;
  auto* input = reinterpret_cast<int8_t*>(vm.input(0, arena[0].bytes).data);
  for (int i = 0; i < 10; ++i) {
    input[i] = static_cast<int8_t>(i * 20 - 100);
    reals.push_back((input[i] - 3) * static_cast<double>(0.02f));
  }
  for (const Node& node : graph.nodes) reals = layer_in_reals(graph, node, reals);
  ASSERT_EQ(vm.run({arena[0].bytes, arena.size() * 16}), Status::ok);
  const Bytes output = vm.output(0, arena[0].bytes);
  for (size_t i = 0; i < 4; ++i) {
    const double got = (static_cast<int8_t>(output[i]) + 128) * static_cast<double>(0.05f);
    EXPECT_NEAR(got, reals[i], 0.0501) << "output " << i;
  }
}

TEST(Compile, RefusesAPlanOverBudget) {
  Target tight = host();
  tight.ram_bytes = 16;
  EXPECT_THROW(
      {
        try {
          compile(small_network(), {tight, {}, "{}", 1});
        } catch (const GraphError& error) {
          EXPECT_NE(std::string(error.what()).find("RAM"), std::string::npos);
          throw;
        }
      },
      GraphError);
}

TEST(Compile, NamesEveryOpWithoutAKernel) {
  Graph graph = small_network();
  for (Tensor& tensor : graph.tensors) {
    if (!tensor.constant) tensor.dtype = DType::f32;
  }
  try {
    plan::make_plan(graph, host());
    FAIL() << "float fully connected has no kernel";
  } catch (const GraphError& error) {
    const std::string message = error.what();
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 1) << message;
  }
}

// Any single flipped bit: refused, or run without leaving the package and the arena (the sanitizers
// watch). The checksum is not consulted, so the structural checks are what is tested.
TEST(Compile, FlippedBitsNeverEscape) {
  const Compiled compiled = compile(small_network(), {host(), {}, "{}", 1});
  size_t refused = 0;
  for (size_t bit = 0; bit < compiled.package.size() * 8; ++bit) {
    std::vector<uint8_t> flipped = compiled.package;
    flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ (1u << (bit % 8)));
    const auto flash = aligned(flipped);
    Vm vm;
    if (vm.load({flash[0].bytes, flipped.size()}, board_kernels) != Status::ok) {
      ++refused;
      continue;
    }
    if (vm.arena_bytes() > 1u << 20) continue;
    std::vector<Block> arena(vm.arena_bytes() / 16 + 1);
    (void)vm.run({arena[0].bytes, arena.size() * 16});
  }
  EXPECT_GT(refused, 300u);
}

// What a kernel keeps in its scratch must not change under its hands.
TEST(Compile, ScratchOverAnInputIsRefused) {
  Compiled compiled = compile(small_network(), {{"m4", {Isa::armv7em}}, {}, "{}", 1});
  const auto* header = reinterpret_cast<const package::Header*>(compiled.package.data());
  const auto* op = reinterpret_cast<const package::Op*>(&compiled.package[header->ops.offset]);
  auto* operands =
      reinterpret_cast<package::OperandRef*>(&compiled.package[header->operands.offset]) +
      op->first_operand;
  size_t scratch = 0;  // the last of this op's operands, behind its output
  const auto* kernels = board_kernels.entries;
  for (size_t k = 0; k < board_kernels.count; ++k) {
    if (kernels[k].id == op->kernel && kernels[k].writes > 1) scratch = op->operand_count - 1u;
  }
  ASSERT_NE(scratch, 0u) << "the first op of the network has no scratch";
  operands[scratch].place = operands[0].place;
  const auto flash = aligned(compiled.package);
  Vm vm;
  EXPECT_EQ(vm.load({flash[0].bytes, compiled.package.size()}, board_kernels),
            Status::out_of_bounds);
}

TEST(Compile, OperandsOutsideTheirMemoryAreRefused) {
  Compiled compiled = compile(small_network(), {{"m4", {Isa::armv7em}}, {}, "{}", 1});
  auto* header = reinterpret_cast<package::Header*>(compiled.package.data());
  auto* operands =
      reinterpret_cast<package::OperandRef*>(&compiled.package[header->operands.offset]);
  const auto loaded = [&] {
    const auto flash = aligned(compiled.package);
    return Vm().load({flash[0].bytes, compiled.package.size()}, board_kernels);
  };
  ASSERT_EQ(loaded(), Status::ok);
  for (size_t i = 0; i < header->operands.bytes / sizeof *operands; ++i) {
    const package::OperandRef own = operands[i];
    if (own.bytes == 0) continue;  // scratch that isn't needed
    const uint32_t memory = own.is_constant() ? header->constants.bytes : header->arena_bytes;
    for (const package::OperandRef& bad : {package::OperandRef{own.place + 1, own.bytes},
                                           {own.place + memory, own.bytes},
                                           {own.place, memory - own.offset() + 1},
                                           {own.place, UINT32_MAX - own.offset() + 1},
                                           {own.place, UINT32_MAX}}) {
      operands[i] = bad;
      EXPECT_EQ(loaded(), Status::out_of_bounds)
          << "operand " << i << " at " << bad.place << ", " << bad.bytes << " bytes";
    }
    operands[i] = own;
  }
  const auto* op = reinterpret_cast<const package::Op*>(&compiled.package[header->ops.offset]);
  package::OperandRef& output = operands[op->first_operand + op->operand_count - 1];
  output = {package::operand_is_constant, 4};
  EXPECT_EQ(loaded(), Status::out_of_bounds) << "writes into the constants";
}

TEST(Compile, ArenasThatOffsetsDoNotReachAreRefused) {
  Compiled compiled = compile(small_network(), {host(), {}, "{}", 1});
  auto* header = reinterpret_cast<package::Header*>(compiled.package.data());
  for (const uint32_t bytes : {package::arena_bytes_max, package::arena_bytes_max + 1}) {
    header->arena_bytes = bytes;
    const auto flash = aligned(compiled.package);
    Vm vm;
    EXPECT_EQ(vm.load({flash[0].bytes, compiled.package.size()}, board_kernels),
              bytes == package::arena_bytes_max ? Status::ok : Status::out_of_bounds);
  }
}

TEST(Compile, TruncatedPackagesAreRefused) {
  const Compiled compiled = compile(small_network(), {host(), {}, "{}", 1});
  const auto flash = aligned(compiled.package);
  for (size_t size = 0; size < compiled.package.size(); ++size) {
    Vm vm;
    ASSERT_NE(vm.load({flash[0].bytes, size}, board_kernels), Status::ok) << size;
  }
}

TEST(Compile, ChecksumFindsAFlippedWeight) {
  Compiled compiled = compile(small_network(), {host(), {}, "{}", 1});
  const auto* header = reinterpret_cast<const package::Header*>(compiled.package.data());
  compiled.package[header->constants.offset + 5] ^= 1;
  const auto flash = aligned(compiled.package);
  Vm vm;
  ASSERT_EQ(vm.load({flash[0].bytes, compiled.package.size()}, board_kernels), Status::ok);
  EXPECT_EQ(vm.verify_checksum(), Status::bad_checksum);
}

TEST(CppSource, EqualParamsShareAnInstance) {
  std::mt19937 random(3);
  Graph graph;
  TensorId x = graph.add_tensor({"x", DType::i8, {1, 8}, {{0.05f}, {-128}, -1}, false, {}});
  graph.inputs = {x};
  for (int i = 0; i < 3; ++i) x = add_layer(graph, x, 8, 8, random);
  graph.outputs = {x};
  const auto source = emit::write_cpp(plan::make_plan(graph, host()), "three");
  EXPECT_NE(source.source.find("struct Params0"), std::string::npos);
  EXPECT_EQ(source.source.find("struct Params1"), std::string::npos);
  EXPECT_THROW(emit::write_cpp(plan::make_plan(graph, host()), "Three"), GraphError);
}

}  // namespace
}  // namespace mote

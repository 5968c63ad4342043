// Every .tflite model of the data mirror that tflite-micro runs: op by op on this host, and as a
// package in the virtual machine, against tflite-micro's bits. Integer tensors must be equal; of
// floats see float_tolerance. Needs MOTE_DATA_MIRROR; the ops' own tests don't.

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "compiler/compile.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"
#include "core/crc32.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "tests/mirror.hpp"

namespace mote {
namespace {

using Bytes = std::vector<uint8_t>;

// Of the largest magnitude of a tensor: 2^-20. Sums run in another order than in tflite-micro, and
// its exp and tanh are the C library's.
constexpr double float_tolerance = 1.0 / (1 << 20);

// Models with golden outputs that can't be imported yet.
const std::set<std::string> missing = {};

std::vector<std::string> golden_models() {
  std::vector<std::string> names;
  for (const auto& [path, bytes] : mirror::models()) {
    const std::string name = path.substr(0, path.size() - std::string(".tflite").size());
    if (std::ifstream(mirror::folder() + "/vectors/" + name + ".json")) names.push_back(name);
  }
  return names;
}

// The generator of the golden vectors: xorshift32 from the seed, one stream through all inputs.
class Generator {
 public:
  explicit Generator(uint32_t seed) : state_(seed) {}

  Bytes values(ir::DType dtype, int64_t count) {
    Bytes bytes;
    for (int64_t i = 0; i < count; ++i) append(dtype, bytes);
    return bytes;
  }

 private:
  uint8_t byte() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return static_cast<uint8_t>(state_);
  }

  void append(ir::DType dtype, Bytes& bytes) {
    if (dtype == ir::DType::f32) {
      const float value = static_cast<float>(static_cast<int8_t>(byte())) / 64.0f;
      const auto* raw = reinterpret_cast<const uint8_t*>(&value);
      bytes.insert(bytes.end(), raw, raw + sizeof value);
    } else if (dtype == ir::DType::i32) {
      for (int i = 0; i < 3; ++i) bytes.push_back(byte());
      bytes.push_back(bytes.back() & 0x80 ? 0xff : 0);
    } else {
      for (int64_t i = 0; i < ir::dtype_bytes(dtype); ++i) bytes.push_back(byte());
    }
  }

  uint32_t state_;
};

Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::vector<Bytes> inputs_of(const ir::Graph& graph, const nlohmann::json& step) {
  Generator generator(step["seed"].get<uint32_t>());
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const ir::Tensor& tensor = graph.tensor(graph.inputs[i]);
    const bool given = step.contains("inputs") && step["inputs"][i].contains("hex");
    inputs.push_back(given ? from_hex(step["inputs"][i]["hex"])
                           : generator.values(tensor.dtype, tensor.elements()));
  }
  return inputs;
}

std::string crc_hex(const Bytes& bytes) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", crc32(0, bytes.data(), bytes.size()));
  return text;
}

void expect_floats(std::span<const uint8_t> mine, const Bytes& golden) {
  ASSERT_LE(golden.size(), mine.size());
  std::vector<float> a(golden.size() / 4), b(a.size());
  std::memcpy(a.data(), mine.data(), golden.size());
  std::memcpy(b.data(), golden.data(), golden.size());
  double largest = 0, error = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(b[i])));
    error = std::max(error, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  EXPECT_LE(error, largest * float_tolerance) << "of " << largest;
}

void expect_output(const ir::Tensor& tensor, std::span<const uint8_t> bytes,
                   const nlohmann::json& golden) {
  const Bytes expected = from_hex(golden.contains("hex") ? golden["hex"] : golden["head_hex"]);
  if (tensor.dtype == ir::DType::f32) {
    expect_floats(bytes, expected);
  } else {
    EXPECT_EQ(mirror::hex(bytes.first(std::min(bytes.size(), expected.size()))),
              mirror::hex(expected));
  }
}

void expect_ops(const ir::Graph& graph, const Interpreter& interpreter,
                const nlohmann::json& golden) {
  for (const ir::Node& node : graph.nodes) {
    const auto& crc = golden[static_cast<size_t>(node.source_index)];
    if (crc.is_null()) continue;
    Bytes all;
    for (ir::TensorId id : node.outputs) {
      if (graph.tensor(id).variable) continue;
      const auto bytes = interpreter.bytes(id);
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    EXPECT_EQ(crc_hex(all), crc) << "operator " << node.source_index << " " << node.op;
  }
}

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
  const mote::Bytes arena{memory[0].bytes, vm.arena_bytes()};
  ASSERT_EQ(vm.reset(arena), Status::ok);
  for (const auto& step : steps) {
    SCOPED_TRACE("seed " + step["seed"].dump());
    const auto inputs = inputs_of(graph, step);
    if (fresh) {
      interpreter.reset();
      ASSERT_EQ(vm.reset(arena), Status::ok);
    }
    interpreter.run(inputs);
    if (step.contains("op_crc32")) expect_ops(graph, interpreter, step["op_crc32"]);
    for (size_t i = 0; i < inputs.size(); ++i) {
      std::memcpy(vm.input(i, arena.data).data, inputs[i].data(), inputs[i].size());
    }
    ASSERT_EQ(vm.run(arena), Status::ok);
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const ir::Tensor& tensor = graph.tensor(graph.outputs[i]);
      expect_output(tensor, interpreter.bytes(graph.outputs[i]), step["outputs"][i]);
      const mote::Bytes output = vm.output(i, arena.data);
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
INSTANTIATE_TEST_SUITE_P(Mirror, GoldenModels, testing::ValuesIn(golden_models()),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (char& c : name) c = std::isalnum(c) ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace mote

#include "features/extractor.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "compiler/compile.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "features/append.hpp"

namespace mote::features {
namespace {

struct alignas(16) Block {
  uint8_t bytes[16];
};

size_t blocks_of(size_t bytes) {
  return (bytes + sizeof(Block) - 1) / sizeof(Block);
}

}  // namespace

struct Extractor::State {
  std::vector<Block> package;
  std::vector<Block> arena;
  Vm vm;
  ir::Shape input_shape, output_shape;
  size_t input_size = 0, output_size = 0;

  explicit State(const ir::Graph& graph);
  Bytes memory() { return {arena[0].bytes, arena.size() * sizeof(Block)}; }
};

Extractor::State::State(const ir::Graph& graph) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    throw ir::GraphError(graph.name + ": features have one input and one output");
  }
  const ir::Tensor& input = graph.tensor(graph.inputs[0]);
  const ir::Tensor& output = graph.tensor(graph.outputs[0]);
  if (input.dtype != ir::DType::i16 || output.dtype != ir::DType::f32) {
    throw ir::GraphError(graph.name + ": features go from i16 '" + input.name + "' to f32 '" +
                         output.name + "'");
  }
  input_shape = input.shape;
  output_shape = output.shape;
  input_size = static_cast<size_t>(input.elements());
  output_size = static_cast<size_t>(output.elements());

  const ir::Target host{"host", {Isa::reference, Isa::generic}, 0, 0};
  const Compiled compiled = compile(graph, {host, {}, "{}", 0});
  package.resize(blocks_of(compiled.package.size()));
  std::memcpy(package.data(), compiled.package.data(), compiled.package.size());
  const Status loaded = vm.load({package[0].bytes, compiled.package.size()}, board_kernels);
  if (loaded != Status::ok) {
    throw ir::GraphError(graph.name + ": the virtual machine refuses operator " +
                         std::to_string(vm.failed_op()) + ": " + status_text(loaded));
  }
  arena.resize(blocks_of(vm.arena_bytes()) + 1);
}

Extractor::Extractor(const FeatureRecipe& recipe, int32_t length, int32_t axes)
    : Extractor(feature_graph(recipe, length, axes)) {}
Extractor::Extractor(const ir::Graph& graph) : state_(std::make_unique<State>(graph)) {}
Extractor::~Extractor() = default;
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;

const ir::Shape& Extractor::input_shape() const {
  return state_->input_shape;
}
const ir::Shape& Extractor::output_shape() const {
  return state_->output_shape;
}
size_t Extractor::input_size() const {
  return state_->input_size;
}
size_t Extractor::output_size() const {
  return state_->output_size;
}

void Extractor::run(std::span<const int16_t> window, std::span<float> features) {
  State& s = *state_;
  if (window.size() != s.input_size || features.size() != s.output_size) {
    throw std::invalid_argument("features: a window of " + std::to_string(window.size()) +
                                " counts into " + std::to_string(features.size()) +
                                " values, where the recipe has " + std::to_string(s.input_size) +
                                " and " + std::to_string(s.output_size));
  }
  const Bytes memory = s.memory();
  (void)s.vm.reset(memory);  // windows are independent of each other
  std::memcpy(s.vm.input(0, memory.data).data, window.data(), window.size_bytes());
  const Status ran = s.vm.run(memory);
  if (ran != Status::ok) throw std::runtime_error(std::string("features: ") + status_text(ran));
  std::memcpy(features.data(), s.vm.output(0, memory.data).data, features.size_bytes());
}

std::vector<float> Extractor::run(std::span<const int16_t> window) {
  std::vector<float> features(state_->output_size);
  run(window, features);
  return features;
}

}  // namespace mote::features

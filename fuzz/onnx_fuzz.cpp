// An ONNX model from anywhere: refused with a reason, or a graph that goes through the passes,
// lowers and runs without leaving its memory.
#include <vector>

#include "compiler/compile.hpp"
#include "compiler/import/onnx.hpp"
#include "compiler/interpret.hpp"

namespace {

constexpr size_t file_bytes_max = 1 << 16;
constexpr mote::onnx::Limits limits{.total_bytes = 1 << 20, .node_instructions = 1 << 20};
constexpr int64_t graph_bytes_max = 1 << 16;
constexpr int64_t graph_instructions_max = 1 << 20;

bool small(const mote::ir::Graph& graph) {
  int64_t bytes = 0, instructions = 0;
  for (const auto& tensor : graph.tensors) bytes += tensor.byte_size();
  for (const auto& node : graph.nodes) {
    for (const auto& kernel : mote::ir::find_op(node.op).kernels) {
      if (kernel.isa != mote::Isa::reference || !kernel.fits(graph, node)) continue;
      instructions += kernel.instructions(graph, node);
      if (instructions > graph_instructions_max) return false;
    }
  }
  return bytes <= graph_bytes_max;
}

void run(const mote::ir::Graph& graph) {
  mote::Interpreter interpreter(graph, mote::host_target());
  std::vector<std::vector<uint8_t>> inputs;
  for (mote::ir::TensorId id : graph.inputs) {
    inputs.emplace_back(static_cast<size_t>(graph.tensor(id).byte_size()), uint8_t{77});
  }
  interpreter.run(inputs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > file_bytes_max) return 0;
  // A copy of the exact size, so that the address sanitizer sees a read behind the end.
  const std::vector<uint8_t> file(data, data + size);
  try {
    mote::ir::Graph graph = mote::onnx::import_onnx(file, "fuzz", mote::evaluate_on_host, limits);
    if (!small(graph)) return 0;
    mote::run_passes(graph);
    run(graph);
  } catch (const mote::ir::GraphError&) {
  }
  return 0;
}

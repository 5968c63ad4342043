// A .tflite model from anywhere: refused with a reason, or a graph that lowers and runs without
// leaving its memory.
#include <vector>

#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"

namespace {

constexpr int64_t graph_bytes_max = 1 << 16;
constexpr int64_t graph_macs_max = 1 << 18;

void run(const mote::ir::Graph& graph) {
  int64_t bytes = 0, macs = 0;
  for (const auto& tensor : graph.tensors) bytes += tensor.byte_size();
  if (bytes > graph_bytes_max) return;
  for (const auto& node : graph.nodes) macs += mote::ir::find_op(node.op).macs(graph, node);
  if (macs > graph_macs_max) return;
  mote::Interpreter interpreter(graph, mote::host_target());
  std::vector<std::vector<uint8_t>> inputs;
  for (mote::ir::TensorId id : graph.inputs) {
    inputs.emplace_back(static_cast<size_t>(graph.tensor(id).byte_size()), uint8_t{77});
  }
  interpreter.run(inputs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of the exact size, so that the address sanitizer sees a read behind the end.
  const std::vector<uint8_t> file(data, data + size);
  try {
    run(mote::tflite::import_tflite(file, "fuzz", mote::evaluate_on_host));
  } catch (const mote::ir::GraphError&) {
  }
  return 0;
}

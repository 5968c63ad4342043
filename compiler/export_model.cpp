#include "compiler/export_model.hpp"

#include <algorithm>
#include <optional>

#include "compiler/export/tflite_writer.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/same.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/passes/passes.hpp"
#include "compiler/seeded_inputs.hpp"

namespace mote {
namespace {

using ir::Graph;
using ir::Node;
using ir::TensorId;
using Values = std::vector<std::vector<uint8_t>>;

constexpr uint32_t proof_seed = 1;
constexpr int proof_inferences = 2;  // the second shows what the first left in the state

// Outputs of some inferences after one another; nothing when a node has no kernel on this host.
std::optional<Values> outputs_of(const Graph& graph) {
  std::optional<Interpreter> interpreter;
  try {
    interpreter.emplace(graph, host_target());
  } catch (const ir::GraphError&) {
    return std::nullopt;
  }
  Values outputs;
  for (uint32_t i = 0; i < proof_inferences; ++i) {
    interpreter->run(seeded_inputs(graph, proof_seed + i));
    for (TensorId id : graph.outputs) {
      const auto bytes = interpreter->bytes(id);
      outputs.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return outputs;
}

// Nodes that TensorFlow Lite can't say, and all that come before them.
std::vector<bool> nodes_left_out(const Graph& graph) {
  std::vector<bool> left_out(graph.nodes.size(), false);
  std::vector<bool> read_by_them(graph.tensors.size(), false);
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    left_out[i] =
        !tflite::has_tflite_form(node.op) || std::ranges::any_of(node.outputs, [&](TensorId id) {
          return read_by_them[static_cast<size_t>(id)];
        });
    if (!left_out[i]) continue;
    for (TensorId id : node.inputs) {
      if (id != ir::no_tensor) read_by_them[static_cast<size_t>(id)] = true;
    }
  }
  return left_out;
}

}  // namespace

Graph folded_for_tflite(Graph graph) {
  passes::fold_constants(graph, evaluate_on_host);
  passes::sink_transposes(graph);
  passes::fold_batch_norm(graph);
  passes::fuse_bias(graph);
  passes::fuse_activation(graph);
  passes::fold_quantization(graph);
  passes::sink_transposes(graph);
  ir::remove_dead(graph);
  return graph;
}

NetworkPart network_part(const Graph& graph) {
  const std::vector<bool> left_out = nodes_left_out(graph);
  NetworkPart part;
  part.graph = graph;
  part.graph.nodes.clear();
  part.graph.inputs.clear();
  std::vector<bool> known(graph.tensors.size(), false);
  const auto need = [&](TensorId id) {
    if (id == ir::no_tensor || known[static_cast<size_t>(id)]) return;
    known[static_cast<size_t>(id)] = true;
    const ir::Tensor& tensor = graph.tensor(id);
    if (!tensor.constant && !tensor.variable) part.graph.inputs.push_back(id);
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (left_out[i]) {
      part.left_out.push_back(node.op);
      continue;
    }
    for (TensorId id : node.inputs) need(id);
    for (TensorId id : node.outputs) known[static_cast<size_t>(id)] = true;
    part.graph.nodes.push_back(node);
  }
  if (part.graph.nodes.empty()) {
    throw ir::GraphError(graph.name + ": TensorFlow Lite has no operators for any part of it");
  }
  if (part.left_out.empty()) part.graph.inputs = graph.inputs;
  for (TensorId id : graph.outputs) need(id);
  ir::remove_dead(part.graph);
  ir::verify(part.graph);
  return part;
}

ExportedModel export_tflite(const Graph& graph) {
  Graph written = graph;
  const std::vector<std::string> expanded = passes::expand_ops(written);
  ExportedModel exported{tflite::write_tflite(written), written.nodes.size(), expanded, false};
  const auto fail = [&](const std::string& fact) {
    throw ir::GraphError(graph.name + ": the written .tflite file doesn't hold the same model (" +
                         fact + "); nothing was kept of it; please report this");
  };
  Graph back;
  try {
    back = tflite::import_tflite(exported.file, graph.name);
  } catch (const ir::GraphError& error) {
    fail(error.what());
  }
  const auto expected = outputs_of(graph);
  const std::string difference = ir::difference(
      written, back,
      {.names = false,
       .attributes = expected ? ir::Sameness::Attributes::shared : ir::Sameness::Attributes::kept});
  if (!difference.empty()) fail(difference);
  if (expected && outputs_of(back) != expected) fail("it gives other bits");
  exported.ran = expected.has_value();
  return exported;
}

}  // namespace mote

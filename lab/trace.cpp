#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/compile.hpp"
#include "compiler/interpret.hpp"
#include "lab/batch.hpp"
#include "lab/board.hpp"
#include "lab/compare.hpp"
#include "lab/model.hpp"
#include "lab/process.hpp"

namespace mote::lab {
namespace {

constexpr const char* reference = "reference";
constexpr const char* host_package = "vm";
constexpr const char* host_source = "code";
constexpr std::chrono::seconds time_max{600};

TracedTensor traced(const ir::Graph& graph, ir::TensorId id) {
  ir::Tensor form = graph.tensor(id);
  form.data.clear();
  TracedTensor made{form.name, "", -1, std::move(form), {}};
  const int32_t producer = graph.producer(id);
  if (producer >= 0) {
    made.op = graph.nodes[static_cast<size_t>(producer)].op;
    made.source_index = graph.nodes[static_cast<size_t>(producer)].source_index;
  }
  return made;
}

std::vector<ir::TensorId> results_of(const ir::Graph& graph) {
  std::vector<ir::TensorId> results;
  for (const ir::Node& node : graph.nodes) {
    for (ir::TensorId id : node.outputs) {
      if (!graph.tensor(id).variable) results.push_back(id);
    }
  }
  return results;
}

std::vector<TracedTensor> traced_all(const ir::Graph& graph, const std::vector<ir::TensorId>& ids) {
  std::vector<TracedTensor> all;
  for (ir::TensorId id : ids) all.push_back(traced(graph, id));
  return all;
}

Trace trace_by_reference(const ir::Graph& graph, const Inputs& inputs) {
  const auto results = results_of(graph);
  Trace made{traced_all(graph, results), traced_all(graph, graph.outputs), ""};
  Interpreter interpreter(graph, {reference, {Isa::reference}, 0, 0});
  const auto keep = [&](std::vector<TracedTensor>& all, const std::vector<ir::TensorId>& ids) {
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto bytes = interpreter.bytes(ids[i]);
      all[i].values.emplace_back(bytes.begin(), bytes.end());
    }
  };
  for (const auto& inference : inputs) {
    interpreter.run(inference);
    keep(made.layers, results);
    keep(made.outputs, graph.outputs);
  }
  return made;
}

std::vector<uint8_t> joined(const Inputs& inputs) {
  std::vector<uint8_t> bytes;
  for (const auto& inference : inputs) {
    for (const auto& input : inference) bytes.insert(bytes.end(), input.begin(), input.end());
  }
  return bytes;
}

// Output bytes of all inferences, from a board or this host.
std::vector<uint8_t> run_compiled(const Compiled& compiled, const Board& board, Engine engine,
                                  const Inputs& inputs) {
  return run_batch(board, Model(compiled), engine, joined(inputs), {1, time_max}).outputs;
}

// Cuts the bytes of all outputs of all inferences up.
void distribute(const std::vector<uint8_t>& bytes, std::vector<TracedTensor>& to) {
  auto at = bytes.begin();
  while (at != bytes.end()) {
    for (TracedTensor& output : to) {
      const auto end = at + static_cast<std::ptrdiff_t>(output.tensor.byte_size());
      output.values.emplace_back(at, end);
      at = end;
    }
  }
}

Trace trace_compiled(const ir::Graph& graph, const Board& board, Engine engine,
                     const Inputs& inputs) {
  CompileOptions options;
  options.target = board.target();
  options.golden_seed = 0;
  Trace made{{}, traced_all(graph, graph.outputs), ""};
  distribute(run_compiled(compile(graph, options), board, engine, inputs), made.outputs);
  if (engine == Engine::code) {
    made.note = "emitted source shows its outputs only";
    return made;
  }
  ir::Graph shown = graph;
  run_passes(shown);
  const auto results = results_of(shown);
  shown.outputs = results;
  std::optional<Compiled> compiled;
  try {
    compiled = compile(shown, options);
  } catch (const ir::GraphError& error) {
    made.note = fmt::format("{} can't hold all layers at once: {}", board.name, error.what());
    return made;
  }
  made.layers = traced_all(shown, results);
  distribute(run_compiled(*compiled, board, Engine::vm, inputs), made.layers);
  return made;
}

}  // namespace

std::vector<std::string> engine_names() {
  std::vector<std::string> names{reference, host_package, host_source};
  for (const Board& board : boards()) {
    if (!board.is_host()) names.emplace_back(board.name);
  }
  return names;
}

Trace trace(const ir::Graph& graph, const std::string& engine, const Inputs& inputs) {
  if (engine == reference) return trace_by_reference(graph, inputs);
  const bool here = engine == host_package || engine == host_source;
  const Engine binding = engine == host_source ? Engine::code : Engine::vm;
  return trace_compiled(graph, find_board(here ? "host" : engine), binding, inputs);
}

}  // namespace mote::lab

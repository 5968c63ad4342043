// Test aid: what has to hold for every random model, and the smallest beginning of one for which it
// doesn't.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/random_graph_trial.hpp"
#include "compiler/seeded_inputs.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"

namespace mote {

using ModelValues = std::vector<std::vector<uint8_t>>;  // by output

constexpr int random_model_inferences = 2;

// The reference kernels' outputs for seeds 1, 2, ... one after another.
inline ModelValues reference_outputs(const ir::Graph& graph) {
  Interpreter interpreter(graph, {"reference", {Isa::reference}, 0, 0});
  ModelValues values;
  for (uint32_t seed = 1; seed <= random_model_inferences; ++seed) {
    interpreter.run(seeded_inputs(graph, seed));
    for (ir::TensorId id : graph.outputs) {
      const auto bytes = interpreter.bytes(id);
      values.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return values;
}

// The same of a compiled package in the virtual machine. The arena starts as garbage.
inline ModelValues package_outputs(const ir::Graph& graph, const std::vector<uint8_t>& package) {
  struct alignas(16) Block {
    uint8_t bytes[16];
  };
  std::vector<Block> flash(package.size() / 16 + 1);
  std::memcpy(flash.data(), package.data(), package.size());
  Vm vm;
  const Status loaded = vm.load({flash[0].bytes, package.size()}, board_kernels);
  if (loaded != Status::ok) throw ir::GraphError(status_text(loaded));
  std::vector<Block> memory(vm.arena_bytes() / 16 + 1, Block{{0xa5}});
  const Bytes arena{memory[0].bytes, vm.arena_bytes()};
  (void)vm.reset(arena);
  ModelValues values;
  for (uint32_t seed = 1; seed <= random_model_inferences; ++seed) {
    const auto inputs = seeded_inputs(graph, seed);
    for (size_t i = 0; i < inputs.size(); ++i) {
      std::memcpy(vm.input(i, arena.data).data, inputs[i].data(), inputs[i].size());
    }
    if (vm.run(arena) != Status::ok) throw ir::GraphError("the package doesn't run");
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const Bytes bytes = vm.output(i, arena.data);
      values.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return values;
}

// From portable kernels to those of every instruction set, which all have a form for this host.
inline std::vector<ir::Target> random_model_targets() {
  return {{"reference", {Isa::reference}, 0, 0},
          {"generic", {Isa::reference, Isa::generic}, 0, 0},
          {"dsp", {Isa::reference, Isa::generic, Isa::armv7em}, 0, 0},
          {"helium", {Isa::reference, Isa::generic, Isa::armv7em, Isa::mve}, 0, 0},
          host_target()};
}

inline Compiled compiled_for(const ir::Graph& graph, const ir::Target& target) {
  CompileOptions options;
  options.target = target;
  options.golden_seed = 0;
  return compile(graph, options);
}

// What is wrong with a model, or "". In int8 the passes change no bit; in float they may round
// otherwise, so there the kernels are compared on what the passes leave.
inline std::string disagreement(ir::Graph graph) {
  try {
    const bool integers = graph.tensor(graph.inputs[0]).dtype == ir::DType::i8;
    if (!integers) run_passes(graph);
    const ModelValues expected = reference_outputs(graph);
    for (const ir::Target& target : random_model_targets()) {
      const ModelValues got = package_outputs(graph, compiled_for(graph, target).package);
      for (size_t i = 0; i < expected.size(); ++i) {
        if (got.at(i) == expected[i]) continue;
        const auto output = static_cast<size_t>(i % graph.outputs.size());
        return "output '" + graph.tensor(graph.outputs[output]).name + "' differs for " +
               target.name + " in inference " + std::to_string(i / graph.outputs.size());
      }
    }
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

// Fails with the seed, the fact, and the shortest beginning of the graph that shows it.
inline void expect_agreement(uint32_t seed, bool integers) {
  RandomGraphOptions options{integers, 100};
  const std::string fact = disagreement(random_graph(seed, options));
  if (fact.empty()) return;
  std::string shortest = fact;
  for (options.nodes_max = 1; options.nodes_max < 100; ++options.nodes_max) {
    shortest = disagreement(random_graph(seed, options));
    if (!shortest.empty()) break;
  }
  ADD_FAILURE() << "MOTE_GRAPH_SEED=" << seed << (integers ? ", int8: " : ", float: ") << fact
                << "\nwith its first " << options.nodes_max << " nodes: " << shortest << "\n"
                << ir::print_text(random_graph(seed, options));
}

}  // namespace mote

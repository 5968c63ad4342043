// The compiler's front door: a graph in, a plan and both bindings out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/plan/plan.hpp"

namespace mote {

struct CompileOptions {
  ir::Target target;
  std::vector<plan::Pipeline> pipeline;  // none for a bare network, else one
  std::string metadata;                  // JSON that goes into the package, for tools
  uint32_t golden_seed = 1;              // 0: no golden vector
  plan::PlanOptions planning = {};
};

struct Compiled {
  plan::Plan plan;
  std::vector<uint8_t> package;  // .mote
};

// Runs the passes, plans for the target, writes the package and lets the virtual machine on this
// host compute its golden vector. Throws ir::GraphError; a plan over the target's RAM or flash
// budget is refused with the figures.
Compiled compile(ir::Graph graph, const CompileOptions& options);

// The passes alone, in order; what `compile` plans from. Idempotent.
void run_passes(ir::Graph& graph);

}  // namespace mote

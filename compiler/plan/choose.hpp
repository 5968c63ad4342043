// Which layers run as chains, in bands of how many rows.
#pragma once

#include <vector>

#include "compiler/plan/chain.hpp"
#include "compiler/plan/memory.hpp"
#include "compiler/plan/plan.hpp"

namespace mote::plan {

struct Choice {
  std::vector<ChainPlan> chains;  // in order, apart
  Layout layout;                  // of ArenaBuffers(lowering, chains).buffers()
  int64_t instructions = 0;       // estimate
};

// lowering must outlive the choice.
Choice choose_chains(const Lowering& lowering, const PlanOptions& options);

// These chains, laid out.
Choice lay_out(const Lowering& lowering, std::vector<ChainPlan> chains);

// The plan of a choice; its target is left to the caller.
Plan write_plan(const Lowering& lowering, const Choice& choice);

}  // namespace mote::plan

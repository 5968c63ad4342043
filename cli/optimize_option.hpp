// `--optimize`: what a model is planned for; shared by the commands that compile.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "compiler/plan/plan.hpp"

namespace mote::cli {

struct OptimizeOption {
  std::string goal;          // a name of plan::Optimize; empty: the project's, else latency
  bool whole_input = false;  // no input in pieces
};

void add_optimize_option(Command& command, OptimizeOption& option);

// project_goal: what the project says; empty for none. A project's input is a window that the
// device's pipeline keeps in the arena, so it never comes in pieces.
plan::PlanOptions planning_of(const OptimizeOption& option);
plan::PlanOptions planning_of(const OptimizeOption& option, const std::string& project_goal);

}  // namespace mote::cli

#include "cli/optimize_option.hpp"

namespace mote::cli {

void add_optimize_option(Command& command, OptimizeOption& option) {
  command
      .option("--optimize", option.goal,
              "What to plan for: the fewest instructions (latency), the smallest arena for at "
              "most 1.3 times those (ram), the smallest product of both (balanced), the least "
              "code and constants (flash); default: the project's, else latency")
      .one_of({"latency", "ram", "balanced", "flash"});
  command.flag("--whole-input", option.whole_input,
               "Keep the input whole in the arena. Without it, a bare model that is optimised "
               "for ram or balanced may ask the caller for its input row by row");
}

plan::PlanOptions planning_of(const OptimizeOption& option) {
  return {plan::optimize_from_name(option.goal.empty() ? "latency" : option.goal),
          !option.whole_input};
}

plan::PlanOptions planning_of(const OptimizeOption& option, const std::string& project_goal) {
  return {plan::optimize_from_name(option.goal.empty() ? project_goal : option.goal), false};
}

}  // namespace mote::cli

// One side of `mote compare`: a model and what computes it.
#pragma once

#include <optional>
#include <string>

#include "compiler/ir/graph.hpp"
#include "project/project.hpp"

namespace mote::cli {

struct ComparedModel {
  std::string path;       // of the model, ":float" included
  std::string engine;     // see lab::engine_names()
  std::string described;  // "kws.tflite in vm"
  ir::Graph graph;
  std::optional<project::Project> project;  // none: a file
};

// text: MODEL, MODEL@ENGINE, @ENGINE or "". model_default and engine_default stand in for what is
// missing. A project's graph starts at the window of samples in both precisions. run: folder of a
// project's run; empty: its own. Throws UsageError for an engine that is not known, and whatever
// loading throws.
ComparedModel load_compared(const std::string& text, const std::string& model_default,
                            const std::string& engine_default, const std::string& run);

}  // namespace mote::cli

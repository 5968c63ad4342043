#include "cli/compared_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "cli/command.hpp"
#include "cli/model_file.hpp"
#include "cli/project_model.hpp"
#include "features/append.hpp"
#include "lab/compare.hpp"
#include "learn/join.hpp"

namespace mote::cli {
namespace {

constexpr std::string_view float_suffix = ":float";

// The float32 network behind the features that the device computes.
ir::Graph float_graph(const project::Project& project, const learn::TrainedRun& run) {
  const ir::Shape& window = run.device.tensor(run.device.inputs.at(0)).shape;
  ir::Graph graph = features::feature_graph(project.recipe(), window.at(0), window.at(1));
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node &now = graph.nodes[i], &trained = run.device.nodes.at(i);
    if (now.op != trained.op || now.attributes != trained.attributes) {
      throw std::runtime_error(
          "the project's features are others than those it was trained with; run `mote train` "
          "again");
    }
  }
  learn::join(graph, graph.outputs.at(0), run.network);
  graph.name = project.project.name + " in float32";
  return graph;
}

}  // namespace

ComparedModel load_compared(const std::string& text, const std::string& model_default,
                            const std::string& engine_default, const std::string& run) {
  const size_t at = text.rfind('@');
  ComparedModel made;
  made.path = text.substr(0, at);
  if (made.path.empty()) made.path = model_default;
  if (made.path.empty()) throw UsageError("A must name a model: MODEL or MODEL@ENGINE");
  made.engine = at == std::string::npos ? engine_default : text.substr(at + 1);
  const auto engines = lab::engine_names();
  if (std::ranges::count(engines, made.engine) == 0) {
    throw UsageError(
        fmt::format("there is no engine '{}'; engines: {}", made.engine, fmt::join(engines, ", ")));
  }
  made.described = made.path + " in " + made.engine;
  const bool real = made.path.ends_with(float_suffix);
  const std::string model =
      real ? made.path.substr(0, made.path.size() - float_suffix.size()) : made.path;
  if (!std::filesystem::exists(model)) throw std::runtime_error(model + ": does not exist");
  if (is_project(model)) {
    ProjectRun loaded = load_project_run(model, run);
    made.graph = real ? float_graph(loaded.project, loaded.run) : std::move(loaded.run.device);
    made.project = std::move(loaded.project);
  } else if (real) {
    throw UsageError(":float is for projects; " + model + " is none");
  } else {
    made.graph = import_model_file(model);
  }
  return made;
}

}  // namespace mote::cli

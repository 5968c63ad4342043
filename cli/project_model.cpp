#include "cli/project_model.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

ir::Target target_of(const project::Project& project, const lab::Board& board) {
  ir::Target target = board.target();
  if (board.name != project.target.board) return target;
  target.ram_bytes = project.target.ram_bytes;
  target.flash_bytes = project.target.flash_bytes;
  return target;
}

}  // namespace

void add_board_option(Command& command, std::string& board, const std::string& what,
                      const std::vector<std::string>& more) {
  std::vector<std::string> names = more;
  for (const lab::Board& known : lab::boards()) names.emplace_back(known.name);
  command
      .option("--board", board,
              what + "; default: the project's, else " + std::string(default_board))
      .one_of(names);
}

bool is_project(const std::string& path) {
  return fs::is_directory(path) || fs::path(path).extension() == ".toml";
}

ProjectRun load_project_run(const std::string& path, const std::string& run) {
  project::Project project = project::load(path);
  const std::string folder = run.empty() ? learn::run_folder(project) : run;
  if (!fs::exists(fs::path(folder) / "run.json")) {
    throw std::runtime_error(
        fmt::format("{}: the project has no trained model yet (looked in {});"
                    " run `mote train {}` first",
                    path, folder, path));
  }
  return {std::move(project), learn::load_run(folder)};
}

ProjectModel load_project_model(const std::string& path, const std::string& board,
                                const std::string& run, const OptimizeOption& optimize) {
  auto [project, trained] = load_project_run(path, run);
  const lab::Board& chosen = lab::find_board(board.empty() ? project.target.board : board);
  CompileOptions settings;
  settings.target = target_of(project, chosen);
  settings.planning = planning_of(optimize, project.target.optimize);
  settings.pipeline = {trained.pipeline};
  settings.metadata =
      nlohmann::json{{"source", project.project.name},
                     {"dataset_hash", trained.report.value("dataset_hash", std::string())}}
          .dump();
  Compiled compiled = compile(trained.device, settings);
  return {std::move(project), std::move(trained), &chosen, std::move(compiled)};
}

}  // namespace mote::cli

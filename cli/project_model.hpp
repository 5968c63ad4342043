// A project's trained model, compiled: what `compile`, `run` and `bench` start from when they are
// given a project instead of a file.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/optimize_option.hpp"
#include "compiler/compile.hpp"
#include "lab/board.hpp"
#include "learn/run.hpp"
#include "project/project.hpp"

namespace mote::cli {

// Where a model runs that no project says it of.
inline constexpr const char* default_board = "mps2-an386";

// `--board`: any of the lab's boards, or one of `more`. `board` stays empty when it is not given.
void add_board_option(Command& command, std::string& board, const std::string& what,
                      const std::vector<std::string>& more = {});

inline constexpr const char* run_option_help =
    "Projects: folder of the training run; default: as `mote train` wrote it";

// Whether a path names a project: a folder, or a file that ends in .toml.
bool is_project(const std::string& path);

struct ProjectRun {
  project::Project project;
  learn::TrainedRun run;
};

// path: see is_project(). run: folder of the run; empty for where `mote train` puts it. Throws
// project::ProjectError for the file, std::runtime_error naming `mote train` when there is no
// trained run.
ProjectRun load_project_run(const std::string& path, const std::string& run = "");

struct ProjectModel {
  project::Project project;
  learn::TrainedRun run;
  const lab::Board* board;
  Compiled compiled;
};

// board: empty for the project's own, whose RAM and flash budget then holds; another board has only
// its own limits. optimize: the command line's, else the project's. Throws what load_project_run()
// does, and ir::GraphError when the model does not fit.
ProjectModel load_project_model(const std::string& path, const std::string& board,
                                const std::string& run = "", const OptimizeOption& optimize = {});

}  // namespace mote::cli
